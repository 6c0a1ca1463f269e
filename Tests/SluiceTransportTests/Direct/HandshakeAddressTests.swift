import SluiceCore
import SluiceTestSupport
import SluiceTransport
import Testing

/// Several addresses of a name where some speak TCP and nothing more.
@Suite(.serialized, .timeLimit(.minutes(1)), .enabled(if: OpenSSL.path != nil, "the openssl command is not installed"))
struct HandshakeAddressTests {
    enum Trouble: CaseIterable { case stall, close, reset, alert }

    @Test(arguments: Trouble.allCases)
    func `an address at which the handshake fails is passed over, and left for last for a while`(
        trouble: Trouble
    ) async throws {
        try await OpenSSL.withCertificate(for: "DNS:cluster.test") { (certificate) async throws in
            try await OpenSSL.withServer(certificate, reply: ok("hello")) { (port) async throws in
                let bad = RawServer(on: "127.0.0.21", port: port) { connection in
                    connection.readSome()
                    switch trouble {
                    case .stall: connection.waitForEnd()
                    case .close: break
                    case .reset: connection.reset()
                    // A record of TLS 1.2 with an internal error, which is fatal.
                    case .alert:
                        connection.send([0x15, 3, 3, 0, 2, 2, 80])
                        connection.waitForEnd()
                    }
                }
                defer { bad.stop() }
                var settings = DirectSettings()
                settings.tls.authorities = [certificate.authority]
                settings.connectTimeout = .seconds(trouble == .stall ? 2 : 20)
                // The second of two is the first in its turn.
                settings.addresses = { _ in ["127.0.0.1", "127.0.0.21"] }
                try await Client.with("https://cluster.test:\(port)", settings: settings) { (client) async throws in
                    #expect(try await client.body() == "hello")
                    #expect(bad.connections == 1)
                    // The good server answers once only; what counts is who is asked.
                    for _ in 0..<3 { _ = await client.failure(timeout: .milliseconds(200)) }
                    #expect(bad.connections == 1)
                }
            }
        }
    }

    @Test func `a failure names every address whose handshake came to nothing`() async throws {
        let first = RawServer(on: "127.0.0.22") { $0.readSome() }
        let second = RawServer(on: "127.0.0.23", port: first.port) { connection in
            connection.readSome()
            connection.waitForEnd()
        }
        defer { second.stop() }
        defer { first.stop() }
        var settings = DirectSettings()
        settings.connectTimeout = .milliseconds(600)
        settings.addresses = { _ in ["127.0.0.22", "127.0.0.23"] }
        try await Client.with("https://cluster.test:\(first.port)", settings: settings) { (client) async throws in
            let failure = try #require(await client.failure())
            #expect(failure.kind == .refused && !failure.mayBePaid)
            #expect(
                failure.message.contains("127.0.0.22: the connection was closed during the tls handshake"), "\(failure)"
            )
            #expect(failure.message.contains("127.0.0.23: no tls handshake in time"), "\(failure)")
            #expect(await client.transport.connections().open == 0)
        }
    }

    @Test func `a call that is cancelled in a handshake leaves nothing open`() async throws {
        let server = RawServer(on: "127.0.0.24") { connection in
            connection.readSome()
            connection.waitForEnd()
        }
        defer { server.stop() }
        var settings = DirectSettings()
        settings.addresses = { _ in ["127.0.0.24", "127.0.0.25"] }
        try await Client.with("https://cluster.test:\(server.port)", settings: settings) { (client) async throws in
            let call = Task { await client.failure() }
            while server.connections == 0 { await Task.yield() }
            call.cancel()
            #expect(await call.value?.kind == .aborted)
            #expect(await Deadline.wait { await client.transport.connections().open == 0 })
        }
    }
}
