import SluiceCore
import SluiceTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConnectionReuseTests {
    @Test func `calls one after the other share a connection`() async throws {
        let server = RawServer { connection in
            while let request = connection.readRequest() { connection.send(ok(String(request.suffix(3)))) }
        }
        try await Client.with(server) { (client) async throws in
            for number in 100..<150 { #expect(try await client.body("\(number)") == "\(number)") }
        }
        #expect(server.connections == 1)
        #expect(server.requests.count == 50)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na",
        "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
    ])
    func `a connection that the server gives up is not used again`(reply: String) async throws {
        let server = RawServer { connection in while connection.readRequest() != nil { connection.send(reply) } }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<3 { #expect(try await client.body() == "a") }
        }
        #expect(server.connections == 3)
        #expect(server.requests.count == 3)
    }

    @Test func `a kept-alive connection that the server closed costs nothing`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("a"))
        }
        let ends = server.ends
        try await Client.with(server) { (client) async throws in
            var ended = ends.makeAsyncIterator()
            for _ in 0..<50 {
                #expect(try await client.body() == "a")
                _ = await ended.next()
                // The end lies in our socket now; the loop reads it before it runs what it is given for later.
                await suspended { seen in
                    _ = client.transport.schedule(after: .milliseconds(2)) { seen.resume(returning: ()) }
                }
            }
        }
        #expect(server.requests.count == 50)
        #expect(server.connections == 50)
    }

    @Test(arguments: [
        "EXTRA", ok("b"), "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "H", "\u{0}",
    ])
    func `a connection with bytes behind the reply is not used again`(extra: String) async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(ok("a") + extra)
            while connection.readRequest() != nil { connection.send(ok("again")) }
        }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<5 { #expect(try await client.body() == "a") }
        }
        #expect(server.connections == 5)
    }

    @Test func `a connection that was idle for too long is closed by us`() async throws {
        let server = RawServer { connection in while connection.readRequest() != nil { connection.send(ok("a")) } }
        var settings = DirectSettings()
        settings.idleTimeout = .milliseconds(80)
        let ends = server.ends
        try await Client.with(server, settings: settings) { (client) async throws in
            #expect(try await client.body() == "a")
            var ended = ends.makeAsyncIterator()
            #expect(await ended.next() == 0)
            #expect(try await client.body() == "a")
        }
        #expect(server.connections == 2)
    }
}
