import SluiceCore
import SluiceTransport
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)), .enabled(if: OpenSSL.path != nil, "the openssl command is not installed"))
struct TLSTests {
    /// Calls a server whose certificate is for some names, by another name, and trusts it or not.
    private func call(_ host: String, certifiedFor names: String, isTrusted: Bool) async throws
        -> Result<Reply, TransportFailure>
    {
        try await OpenSSL.withCertificate(for: names) { certificate, key in
            try await OpenSSL.withServer(certificate: certificate, key: key, reply: ok("hello")) { port in
                var settings = DirectSettings()
                if isTrusted { settings.authorities = certificate }
                return try await Client.with("https://\(host):\(port)", settings: settings) { client in
                    await client.send()
                }
            }
        }
    }

    @Test(arguments: [("localhost", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.1")])
    func `a certificate that the named authorities signed is accepted`(host: String, names: String) async throws {
        let reply = try await call(host, certifiedFor: names, isTrusted: true).get()
        #expect(reply.body.text == "hello")
    }

    @Test func `a certificate that nobody known signed is refused before anything is sent`() async throws {
        try expectRefused(await call("localhost", certifiedFor: "DNS:localhost", isTrusted: false))
    }

    @Test(arguments: [
        ("localhost", "DNS:elsewhere.example"), ("127.0.0.1", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.2"),
    ])
    func `a certificate for another host is refused before anything is sent`(host: String, names: String) async throws {
        try expectRefused(await call(host, certifiedFor: names, isTrusted: true))
    }

    @Test func `a server without tls is refused`() async throws {
        let server = RawServer { connection in connection.send(ok("plain")) }
        defer { server.stop() }
        try await Client.with("https://127.0.0.1:\(server.port)") { client in
            expectRefused(await client.send())
        }
    }

    private func expectRefused(_ result: Result<Reply, TransportFailure>) {
        switch result {
        case .success(let reply): Issue.record("a reply came: \(reply.status)")
        case .failure(let failure):
            #expect(failure.kind == .tls, "\(failure)")
            #expect(!failure.mayBePaid)
        }
    }
}
