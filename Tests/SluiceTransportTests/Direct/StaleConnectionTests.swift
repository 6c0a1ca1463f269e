import Glibc
import SluiceCore
import SluiceTestSupport
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

    @Test(arguments: [false, true])
    func `an end at the moment of the next request is retried in silence or told as perhaps paid, never lost`(
        isReset: Bool
    ) async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("a"))
            if isReset { connection.reset() }
        }
        try await Client.with(server) { (client) async throws in
            var answers = 0
            var doubtful = 0
            for _ in 0..<500 {
                switch await client.send() {
                case .success(let reply):
                    answers += 1
                    #expect(reply.body.text == "a")
                case .failure(let failure):
                    // The reply itself may fall to the reset that follows it; then it was received by nobody.
                    doubtful += 1
                    #expect(failure.kind == .reset, "\(failure)")
                    #expect(failure.mayBePaid)
                }
            }
            #expect(answers + doubtful == 500)
            #expect(answers > 0)
            // Whoever was told nothing of a second payment was not sent twice.
            #expect(server.requests.count <= 500)
            #expect(server.requests.count >= answers)
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
            #expect(await ended.next() == 0)
            #expect(try await client.body() == "a")
        }
        // On a busy machine a second may pass between two calls, and then each has a connection of its own.
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
            let lines = String(decoding: TextFile.read("/proc/net/tcp"), as: UTF8.self).split(
                separator: "\n")
            let remote = ":" + String(format(server.port))
            let timers = lines.map { $0.split(separator: " ") }.filter {
                $0.count > 9 && $0[2].hasSuffix(remote)
            }
            // The kind of timer is 2, keep-alive, with at most a minute to go.
            #expect(timers.map { $0[5].hasPrefix("02:") } == [true], "\(timers)")
        }
    }

    /// A port as the system's table shows it.
    private func format(_ port: Int) -> String {
        let text = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - text.count) + text
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
