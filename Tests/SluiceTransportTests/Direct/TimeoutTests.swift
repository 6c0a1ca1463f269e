import SluiceCore
import SluiceTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TimeoutTests {
    /// Answers only on connections behind the first one.
    private func server(first script: @escaping @Sendable (RawConnection) -> Void) -> RawServer {
        RawServer { connection in
            guard connection.readRequest() != nil else { return }
            if connection.number > 0 { return connection.send(ok("b")) }
            script(connection)
            // Not before the client has closed it: so a connection that it kept would be noticed.
            connection.readRequest()
        }
    }

    @Test func `a call whose reply does not begin in time ends, and its connection with it`() async throws {
        let server = server { _ in }
        try await Client.with(server) { (client) async throws in
            let failure = await client.failure(firstByte: .milliseconds(150), pause: .seconds(10))
            #expect(failure?.kind == .timeout)
            #expect(failure?.message.contains("not a byte") == true)
            #expect(failure?.mayBePaid == true)
            #expect(try await client.body() == "b")
        }
        #expect(server.connections == 2)
    }

    @Test func `a reply that pauses for too long ends, and its connection with it`() async throws {
        let server = server { $0.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome") }
        try await Client.with(server) { (client) async throws in
            let failure = await client.failure(firstByte: .seconds(10), pause: .milliseconds(150))
            #expect(failure?.kind == .timeout)
            #expect(failure?.message.contains("paused") == true)
            #expect(try await client.body() == "b")
        }
        #expect(server.connections == 2)
    }

    @Test func `a reply that keeps coming is not cut by the bound on pauses`() async throws {
        let text = String(repeating: "x", count: 25)
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\ncontent-length: 25\r\n\r\n")
            // Longer than the bound in all.
            for _ in 0..<25 {
                connection.idle(milliseconds: 100)
                connection.send("x")
            }
            connection.readRequest()
        }
        try await Client.with(server) { (client) async throws in
            let reply = try await client.send(firstByte: .seconds(20), pause: .seconds(2)).get()
            #expect(reply.body.text == text)
        }
    }

    @Test func `the bound on the first byte begins when the request is out`() async throws {
        let server = RawServer { connection in
            // Longer than the bound; and the request is larger than what the system's buffers hold.
            connection.idle(milliseconds: 2500)
            connection.skip(32 << 20)
            connection.send(ok("a"))
            connection.waitForEnd()
        }
        try await Client.with(server) { (client) async throws in
            let body = String(repeating: "x", count: 32 << 20)
            #expect(try await client.send(body, firstByte: .seconds(2)).get().body.text == "a")
        }
    }

    @Test func `a timed-out call does not leave its reply to the next`() async throws {
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        let server = RawServer { connection in
            while let request = connection.readRequest() {
                if request.hasSuffix("slow") {
                    release.yield()
                    connection.readRequest()
                    return connection.send(ok("late"))
                }
                connection.send(ok("re:" + request.suffix(4)))
            }
        }
        try await Client.with(server) { (client) async throws in
            #expect(try await client.body("1111") == "re:1111")
            let failure = await client.failure("slow", timeout: .milliseconds(120))
            #expect(failure?.kind == .timeout)
            var released = releases.makeAsyncIterator()
            await released.next()
            #expect(try await client.body("2222") == "re:2222")
            #expect(await client.transport.connections().open == 1)
        }
    }
}
