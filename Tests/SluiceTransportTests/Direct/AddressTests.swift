import Glibc
import SluiceCore
import SluiceTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AddressTests {
    private func settings(_ addresses: [String], connect: TimeSpan = .seconds(5)) -> DirectSettings {
        var settings = DirectSettings()
        settings.addresses = ["cluster.test": addresses]
        settings.connectTimeout = connect
        return settings
    }

    private func answering(_ host: String) -> RawServer {
        RawServer(on: host) { connection in while connection.readRequest() != nil { connection.send(ok("a")) } }
    }

    @Test func `an address that refuses is passed over for the next`() async throws {
        let server = answering("127.0.0.1")
        defer { server.stop() }
        let settings = settings(["127.0.0.7", "127.0.0.8", "127.0.0.1"])
        try await Client.with("http://cluster.test:\(server.port)", settings: settings) { (client) async throws in
            #expect(try await client.body() == "a")
        }
        #expect(server.requests[0].header("host") == "cluster.test:\(server.port)")
    }

    @Test func `an address that says nothing takes only its share of the time`() async throws {
        try await RawServer.withSilentPort(of: "127.0.0.9") { port in
            let server = RawServer(on: "127.0.0.1", port: port) { connection in
                while connection.readRequest() != nil { connection.send(ok("a")) }
            }
            defer { server.stop() }
            let settings = settings(["127.0.0.9", "127.0.0.1"], connect: .milliseconds(800))
            try await Client.with("http://cluster.test:\(port)", settings: settings) { (client) async throws in
                // Either is first in its turn; the silent one is passed over in time, and then not asked again.
                await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<6 { group.addTask { try await client.body() } }
                    while let body = await group.nextResult() { #expect((try? body.get()) == "a") }
                }
            }
        }
    }

    @Test func `a failure names every address that was tried, and what came of it`() async throws {
        let port = RawServer.freePort()
        try await Client.with("http://cluster.test:\(port)", settings: settings(["127.0.0.7", "127.0.0.8"])) {
            (client) async throws in
            let failure = try #require(await client.failure())
            #expect(failure.kind == .refused)
            #expect(failure.message.contains("cannot connect to cluster.test:\(port)"))
            #expect(failure.message.contains("127.0.0.7: connection refused"))
            #expect(failure.message.contains("127.0.0.8: connection refused"))
        }
        try await Client.with("http://127.0.0.1:\(port)") { (client) async throws in
            #expect(await client.failure()?.message == "cannot connect to 127.0.0.1:\(port): connection refused")
        }
    }

    @Test func `a connection that is not made in time ends with the connect timeout`() async throws {
        try await RawServer.withSilentPort(of: "127.0.0.10") { port in
            var settings = DirectSettings()
            settings.connectTimeout = .milliseconds(200)
            try await Client.with("http://127.0.0.10:\(port)", settings: settings) { (client) async throws in
                let failure = await client.failure()
                #expect(failure?.kind == .connectTimeout, "\(String(describing: failure))")
                #expect(failure?.message.contains("no answer within") == true)
                #expect(failure?.mayBePaid == false)
                let open = await client.transport.connections().open
                #expect(open == 0)
            }
        }
    }

    @Test func `a call's own timeout may be the shorter one`() async throws {
        try await RawServer.withSilentPort(of: "127.0.0.11") { port in
            try await Client.with("http://127.0.0.11:\(port)") { (client) async throws in
                let failure = await client.failure(timeout: .milliseconds(100))
                #expect(failure?.mayBePaid == false)
            }
        }
    }

    @Test(.enabled(if: AddressTests.hasIPv6, "this machine has no ::1")) func `ipv6 works, in brackets and by name`()
        async throws
    {
        let server = answering("::1")
        defer { server.stop() }
        try await Client.with("http://[::1]:\(server.port)/v1") { (client) async throws in
            #expect(try await client.body() == "a")
        }
        try await Client.with("http://cluster.test:\(server.port)", settings: settings(["127.0.0.1", "::1"])) {
            (client) async throws in
            #expect(try await client.body() == "a")
        }
        #expect(server.requests[0].header("host") == "[::1]:\(server.port)")
    }

    @Test func `localhost is found by whichever of its addresses is served`() async throws {
        let server = answering("127.0.0.1")
        defer { server.stop() }
        try await Client.with("http://localhost:\(server.port)") { (client) async throws in
            await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await client.body() } }
                while let body = await group.nextResult() { #expect((try? body.get()) == "a") }
            }
        }
    }

    private static let hasIPv6: Bool = {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }()
}
