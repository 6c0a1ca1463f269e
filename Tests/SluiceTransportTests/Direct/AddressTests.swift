import Dispatch
import Glibc
import SluiceCore
import SluiceTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AddressTests {
    private func settings(_ addresses: [String], connect: TimeSpan = .seconds(5)) -> DirectSettings {
        var settings = DirectSettings()
        settings.addresses = { $0 == "cluster.test" ? addresses : nil }
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
                // Either is first in its turn.
                await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<6 { group.addTask { try await client.body() } }
                    while let body = await group.nextResult() { #expect((try? body.get()) == "a") }
                }
            }
        }
    }

    /// Gives each connection one reply, of one character.
    private func once(_ body: String) -> @Sendable (RawConnection) -> Void {
        { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n" + body)
        }
    }

    @Test(arguments: [true, false])
    func `an address that said nothing is not asked again soon, unless it was given no time to answer`(
        isCancelled: Bool
    ) async throws {
        let server = RawServer(once("a"))
        defer { server.stop() }
        // The second of two is the first in its turn.
        let settings = settings(["127.0.0.1", "127.0.0.13"], connect: isCancelled ? .seconds(40) : .milliseconds(600))
        try await Client.with("http://cluster.test:\(server.port)", settings: settings) { (client) async throws in
            let silent = RawServer.Silent("127.0.0.13", port: server.port)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    let reply = try? await client.send().get()
                    #expect(reply?.body.text == (isCancelled ? nil : "a"))
                }
                if isCancelled {
                    await suspended { due in
                        _ = client.transport.schedule(after: .milliseconds(200)) { due.resume(returning: ()) }
                    }
                    group.cancelAll()
                }
            }
            let other = silent.wake(once("b"))
            defer { other.stop() }
            var bodies: Set<String> = []
            for _ in 0..<4 { bodies.insert(try await client.body()) }
            #expect(bodies == (isCancelled ? ["a", "b"] : ["a"]))
        }
    }

    @Test func `a look-up that takes long keeps nobody waiting who knows the way`() async throws {
        let server = RawServer(once("a"))
        defer { server.stop() }
        let isOver = DispatchSemaphore(value: 0)
        let lookUps = Guarded(0)
        var settings = DirectSettings()
        settings.addressFreshness = TimeSpan(nanoseconds: 1)
        settings.connectTimeout = .seconds(5)
        settings.addresses = { _ in
            let number = lookUps.withLock { count in
                count += 1
                return count
            }
            if number > 1 { isOver.wait() }
            return ["127.0.0.1"]
        }
        try await Client.with("http://cluster.test:\(server.port)", settings: settings) { (client) async throws in
            defer { isOver.signal() }
            for _ in 0..<4 { #expect(try await client.body() == "a") }
        }
        #expect(lookUps.withLock { $0 } == 2)
    }

    @Test func `a first look-up that takes too long ends with the connect timeout`() async throws {
        let isOver = DispatchSemaphore(value: 0)
        var settings = DirectSettings()
        settings.connectTimeout = .milliseconds(100)
        settings.addresses = { _ in
            isOver.wait()
            return ["127.0.0.1"]
        }
        try await Client.with("http://cluster.test:1", settings: settings) { (client) async throws in
            defer { isOver.signal() }
            let failure = await client.failure()
            #expect(failure?.kind == .connectTimeout)
            #expect(failure?.mayBePaid == false)
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
            var settings = DirectSettings()
            settings.connectTimeout = .seconds(3600)
            try await Client.with("http://127.0.0.11:\(port)", settings: settings) { (client) async throws in
                let failure = await client.failure(timeout: .milliseconds(100))
                // Both run out at the same moment.
                #expect(failure?.kind == .timeout || failure?.kind == .connectTimeout)
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
