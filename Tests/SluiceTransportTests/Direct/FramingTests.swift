import SluiceCore
import SluiceTransport
import Testing

/// Replies in every form that HTTP/1.1 has, and in some that it has not.
@Suite(.timeLimit(.minutes(1))) struct FramingTests {
    private static let replies = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-After: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello",
    ]

    @Test(arguments: replies, [false, true])
    func `a reply is whole however it is framed and cut`(reply: String, isTrickled: Bool) async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            isTrickled ? connection.trickle(reply) : connection.send(reply)
        }
        try await Client.with(server) { (client) async throws in #expect(try await client.body() == "hello") }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [204, 301, 400, 429, 503])
    func `every status is a reply`(status: Int) async throws {
        let server = RawServer { connection in
            while connection.readRequest() != nil {
                connection.send("HTTP/1.1 \(status) X\r\ncontent-length: 0\r\nRetry-After: 7\r\n\r\n")
            }
        }
        try await Client.with(server) { (client) async throws in
            let reply = try await client.send().get()
            #expect(reply.status == status)
            #expect(reply.header("retry-after") == "7")
            #expect(reply.header("RETRY-AFTER") == "7")
            #expect(reply.header("x-none") == nil)
            #expect(reply.body.isEmpty)
        }
    }

    @Test func `a request arrives as it was given`() async throws {
        let server = RawServer { connection in while connection.readRequest() != nil { connection.send(ok("")) } }
        let body = #"{"a":"é😀","b":1.50e3}"#
        try await Client.with(server, headers: [(name: "authorization", value: "Bearer k")]) { (client) async throws in
            _ = try await client.body(body)
        }
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /v1/chat HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n" + body))
        #expect(request.header("host") == "127.0.0.1:\(server.port)")
        #expect(request.header("authorization") == "Bearer k")
        #expect(request.header("content-type") == "application/json")
        #expect(request.header("content-length") == "\(body.utf8.count)")
        #expect(request.header("transfer-encoding") == nil)
    }

    /// How a request fails whose server sends such bytes and leaves the connection open, as who is no web server may for ever.
    private func failure(at reply: String) async throws -> TransportFailure {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(reply)
            connection.readRequest()
        }
        return try await Client.with(server) { (client) async throws in try #require(await client.failure()) }
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.6\r\n", "<html>hello</html>", "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
    ])
    func `what is not HTTP is malformed`(reply: String) async throws {
        let failure = try await failure(at: reply)
        #expect(failure.kind == .malformed)
        #expect(failure.mayBePaid)
    }

    @Test(arguments: ["\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{46}", "\u{16}\u{3}\u{1}\u{2}\u{0}"])
    func `what speaks TLS is told from what speaks no HTTP`(reply: String) async throws {
        let failure = try await failure(at: reply)
        #expect(failure.kind == .tls)
        #expect(!failure.mayBePaid)
        #expect(failure.hint?.contains("https://") == true)
    }

    @Test(
        arguments: [
            "", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ], [false, true])
    func `a connection that ends before the reply does is a reset`(part: String, isReset: Bool) async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(part)
            if isReset { connection.reset() }
        }
        try await Client.with(server) { (client) async throws in
            let failure = try #require(await client.failure())
            #expect(failure.kind == .reset, "\(failure)")
            #expect(failure.mayBePaid)
        }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        (ok(String(repeating: "x", count: 1000)), true), (ok(String(repeating: "x", count: 1001)), false),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: "3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n", count: 3), false
        ),
    ])
    func `a reply above the cap is broken off`(reply: String, isAccepted: Bool) async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(reply)
            connection.readRequest()
        }
        var settings = DirectSettings()
        settings.replyCap = 1000
        try await Client.with(server, settings: settings) { (client) async throws in
            if isAccepted {
                #expect(try await client.body().count == 1000)
            } else {
                let failure = await client.failure()
                #expect(failure?.kind == .tooLarge)
                #expect(failure?.mayBePaid == true)
            }
        }
    }
}
