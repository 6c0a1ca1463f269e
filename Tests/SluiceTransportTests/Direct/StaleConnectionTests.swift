import Glibc
import SluiceCore
import SluiceTransport
import Testing

/// Kept-alive connections that the server ends at every bad moment (CONTRACTS.md, "Connections").
@Suite(.timeLimit(.minutes(1))) struct StaleConnectionTests {
    private func pass(_ span: TimeSpan, _ client: Client) async {
        await suspended { due in _ = client.transport.schedule(after: span) { due.resume(returning: ()) } }
    }

    @Test func `a connection that the server reset while it was idle costs nothing`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("a"))
            connection.awaitNothingMore()
            connection.reset()
        }
        let ends = server.ends
        try await Client.with(server) { (client) async throws in
            var ended = ends.makeAsyncIterator()
            for _ in 0..<30 {
                #expect(try await client.body() == "a")
                _ = await ended.next()
                await pass(.milliseconds(2), client)
            }
        }
        #expect(server.requests.count == 30)
    }

    @Test(arguments: [false, true], [2, 40_000])
    func `an end at the moment of the next request is retried in silence or told as perhaps paid, never lost`(
        isReset: Bool, size: Int
    ) async throws {
        let rounds = 200
        let body = String(repeating: "x", count: size)
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("a"))
            if isReset { connection.reset() }
        }
        try await Client.with(server) { (client) async throws in
            var (answers, doubtful, isLastDoubtful) = (0, 0, false)
            for _ in 0..<rounds {
                switch await client.send(body) {
                case .success(let reply):
                    answers += 1
                    isLastDoubtful = false
                    #expect(reply.body.text == "a")
                case .failure(let failure):
                    // Whoever is told of a test's time limit by a call that is broken off need not make the others.
                    try #require(failure.kind == .reset && failure.mayBePaid, "\(failure)")
                    doubtful += 1
                    // What follows has a connection of its own, whose reply falls at most to the reset behind it.
                    #expect(!isLastDoubtful || isReset)
                    isLastDoubtful = true
                }
            }
            #expect(answers + doubtful == rounds)
            #expect(answers >= (isReset ? rounds / 10 : rounds / 2))
            // Whoever was told nothing of a second payment was not sent twice.
            #expect((answers...rounds).contains(server.requests.count))
        }
    }

    /// Makes the next write to every connection to a port fail at once, as it does where the peer's end has just come.
    private func refuseWrites(to port: Int) {
        for socket in sockets(connectedTo: port) { shutdown(socket, Int32(SHUT_WR)) }
    }

    @Test(arguments: [2, 40_000])
    func `a request of which nothing went out is sent again in silence`(size: Int) async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("\(connection.number)"))
            // Whatever the client does with its end, it hears nothing from here.
            if connection.number == 0 { connection.idle(milliseconds: 3000) }
        }
        try await Client.with(server) { (client) async throws in
            #expect(try await client.body() == "0")
            refuseWrites(to: server.port)
            #expect(try await client.body(String(repeating: "x", count: size)) == "1")
            #expect(server.requests.count == 2 && server.connections == 2)
        }
    }

    @Test func `a request that was sent again in silence is not a second time`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil, connection.number == 0 else { return }
            connection.send(ok("0"))
            connection.idle(milliseconds: 3000)
        }
        try await Client.with(server) { (client) async throws in
            #expect(try await client.body() == "0")
            refuseWrites(to: server.port)
            let failure = await client.failure()
            #expect(failure?.kind == .reset && failure?.mayBePaid == true, "\(String(describing: failure))")
            #expect(server.requests.count == 2 && server.connections == 2)
        }
    }

    @Test func `a request of which a part went out is not sent again in silence`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("a"))
            guard connection.number == 0 else { return }
            connection.readSome()
            connection.reset()
        }
        try await Client.with(server) { (client) async throws in
            #expect(try await client.body() == "a")
            let failure = try #require(await client.failure(String(repeating: "x", count: 16 << 20)))
            #expect(failure.kind == .reset)
            #expect(failure.mayBePaid)
        }
        #expect(server.connections == 1)
    }

    @Test func `a server that says how long it keeps a connection is taken at its word`() async throws {
        let server = RawServer { connection in
            while connection.readRequest() != nil {
                connection.send("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\ncontent-length: 1\r\n\r\na")
            }
        }
        let ends = server.ends
        try await Client.with(server) { (client) async throws in
            for _ in 0..<3 { #expect(try await client.body() == "a") }
            var ended = ends.makeAsyncIterator()
            // On a busy machine a second may pass between two calls, and then each has a connection of its own.
            #expect(await ended.next() != nil)
            #expect(try await client.body() == "a")
        }
        #expect((2...4).contains(server.connections))
    }

    @Test func `http 1.0 keeps a connection only where it says so`() async throws {
        let server = RawServer { connection in
            while connection.readRequest() != nil {
                connection.send("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\ncontent-length: 1\r\n\r\na")
            }
        }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<5 { #expect(try await client.body() == "a") }
        }
        #expect(server.connections == 1)
    }

    @Test(arguments: [
        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 0\r\n\r\n",
    ])
    func `a connection whose next bytes are in doubt is not used again`(reply: String) async throws {
        let server = RawServer { connection in while connection.readRequest() != nil { connection.send(reply) } }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<3 { #expect(try await client.body() == "") }
        }
        #expect(server.connections == 3)
    }

    @Test func `a refusal that came before its request was out is a reply, and ends the connection`()
        async throws
    {
        let server = RawServer { connection in
            connection.readSome()
            connection.send("HTTP/1.1 413 X\r\ncontent-length: 5\r\n\r\nearly")
            while connection.readRequest() != nil { connection.send(ok("late")) }
        }
        try await Client.with(server) { (client) async throws in
            #expect(try await client.body(String(repeating: "x", count: 16 << 20)) == "early")
            #expect(try await client.body() == "early")
        }
        #expect(server.connections == 2)
    }

    @Test func `a success that came before its request was out answers something else`() async throws {
        let server = RawServer { connection in
            connection.readSome()
            connection.send(ok("early"))
            while connection.readRequest() != nil { connection.send(ok("late")) }
        }
        try await Client.with(server) { (client) async throws in
            let failure = await client.failure(String(repeating: "x", count: 16 << 20))
            #expect(failure?.kind == .malformed)
            #expect(failure?.mayBePaid == true)
        }
    }

    @Test func `a second reply that came while nobody looked is not the answer to the next request`()
        async throws
    {
        let isCopied = Guarded(false)
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("\(connection.number)"))
            connection.send(ok("\(connection.number)"))
            connection.awaitNothingMore()
            isCopied.withLock { $0 = true }
            connection.waitForEnd()
        }
        try await Client.with(server) { (client) async throws in
            try await withTaskExecutorPreference(client.transport.executor) { () async throws in
                for number in 0..<10 {
                    #expect(try await client.body() == "\(number)")
                    // The loop stands still in the meantime, and cannot look at the connection before the next call.
                    while !isCopied.withLock({ $0 }) { sched_yield() }
                    isCopied.withLock { $0 = false }
                }
            }
        }
        #expect(server.connections == 10)
    }

    @Test func `the system watches over a connection that is silent`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("a"))
            connection.waitForEnd()
        }
        try await Client.with(server) { (client) async throws in
            #expect(try await client.body() == "a")
            let sockets = sockets(connectedTo: server.port)
            #expect(sockets.count == 1)
            for socket in sockets {
                #expect(option(SOL_SOCKET, SO_KEEPALIVE, of: socket) == 1)
                // Seconds of silence until it asks, then between questions.
                #expect((1...60).contains(option(Int32(IPPROTO_TCP), TCP_KEEPIDLE, of: socket)))
                #expect((1...60).contains(option(Int32(IPPROTO_TCP), TCP_KEEPINTVL, of: socket)))
            }
        }
    }

    /// This process's own ends of the connections to a port of the loopback interface.
    private func sockets(connectedTo port: Int) -> [Int32] {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return (0..<Int32(clamping: min(limit.rlim_cur, 65536))).filter { descriptor in
            var peer = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isConnected = withUnsafeMutablePointer(to: &peer) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) == 0 }
            }
            return isConnected && peer.sin_family == sa_family_t(AF_INET)
                && Int(in_port_t(bigEndian: peer.sin_port)) == port
        }
    }

    /// A number that the system keeps for a socket; -1 if it keeps none.
    private func option(_ level: Int32, _ name: Int32, of socket: Int32) -> Int32 {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket, level, name, &value, &size) == 0 ? value : -1
    }

    @Test func `a body that ends with its connection is no reply if the connection broke`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n\r\nhalf of")
            connection.awaitNothingMore()
            connection.reset()
        }
        try await Client.with(server) { (client) async throws in
            #expect(await client.failure()?.kind == .reset)
        }
    }

    @Test func `a coded reply is undone, and a bomb broken off`() async throws {
        let text = String(repeating: "hello ", count: 500)
        let packed = InflaterTests.packed(Array(text.utf8))
        let bomb = InflaterTests.packed(Array(repeating: 0x20, count: 20 << 20))
        let server = RawServer { connection in
            while let request = connection.readRequest() {
                let body = request.hasSuffix("bomb") ? bomb : packed
                connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\ncontent-length: \(body.count)\r\n\r\n")
                connection.send(body[...])
            }
        }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<3 { #expect(try await client.body() == text) }
            let failure = await client.failure("bomb")
            #expect(failure?.kind == .tooLarge)
            #expect(failure?.message.contains("100 times") == true)
            #expect(try await client.body() == text)
        }
        #expect(server.requests.allSatisfy { $0.header("accept-encoding") == "gzip" })
        #expect(server.connections == 2)
    }
}
