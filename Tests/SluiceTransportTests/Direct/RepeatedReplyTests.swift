import SluiceCore
import SluiceTransport
import Testing

/// A server that answers one request twice, the second time in the place of the next answer (decision 0022).
@Suite(.timeLimit(.minutes(1))) struct RepeatedReplyTests {
    /// Where a reply says which one it is.
    enum Place: CaseIterable {
        case head, start, end, packed

        /// A reply with an id and a text of one character.
        func reply(_ id: Int, _ text: String, status: Int = 200) -> [UInt8] {
            let long = String(repeating: "x", count: 2000)
            var (head, body) = ("HTTP/1.1 \(status) X\r\n", #"{"text":"\#(text)","long":"\#(long)"}"#)
            switch self {
            case .head: head += "X-Request-ID: req-\(id)\r\n"
            case .start, .packed: body = #"{"id":"chatcmpl-\#(id)","text":"\#(text)","long":"\#(long)"}"#
            case .end: body = #"{"long":"\#(long)","text":"\#(text)","id":"chatcmpl-\#(id)","timings":{"ms":1.5}}"#
            }
            var bytes = Array(body.utf8)
            if self == .packed {
                head += "content-encoding: gzip\r\n"
                bytes = InflaterTests.packed(bytes)
            }
            return Array("\(head)content-length: \(bytes.count)\r\n\r\n".utf8) + bytes
        }
    }

    private func text(_ reply: Reply) throws -> String? { try JSON.parse(reply.body)["text"]?.string }

    @Test(arguments: Place.allCases, [0, 1, 3])
    func `a reply that comes again is not the answer to the next request`(place: Place, between: Int) async throws {
        let server = RawServer { connection in
            let first = connection.number * 100
            for number in first...first + between {
                guard connection.readRequest() != nil else { return }
                connection.send(place.reply(number, "a")[...])
            }
            guard connection.readRequest() != nil else { return }
            connection.send(place.reply(first, "a")[...])
            connection.waitForEnd()
        }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<3 {
                for _ in 0...between { #expect(try await text(client.send().get()) == "a") }
                let failure = await client.failure()
                #expect(failure?.kind == .repeated, "\(String(describing: failure))")
                #expect(failure?.mayBePaid == true)
            }
        }
        #expect(server.connections == 3)
    }

    @Test(arguments: [400, 429, 503])
    func `nor is a refusal that comes again`(status: Int) async throws {
        let server = RawServer { connection in
            while connection.readRequest() != nil {
                connection.send(Place.head.reply(connection.number, "no", status: status)[...])
            }
        }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<3 {
                #expect(try await client.send().get().status == status)
                #expect(await client.failure()?.kind == .repeated)
            }
        }
        #expect(server.connections == 3)
    }

    @Test(arguments: Place.allCases)
    func `a server that gives all its replies one id loses one of them, and is known for it then`(
        place: Place
    ) async throws {
        let server = RawServer { connection in
            while connection.readRequest() != nil { connection.send(place.reply(0, "a")[...]) }
        }
        try await Client.with(server) { (client) async throws in
            var lost = 0
            for _ in 0..<50 {
                switch await client.send() {
                case .success(let reply): #expect(try text(reply) == "a")
                case .failure(let failure):
                    #expect(failure.kind == .repeated)
                    lost += 1
                }
            }
            #expect(lost == 1)
        }
        #expect(server.connections == 2)
    }

    @Test(arguments: Place.allCases)
    func `a server with an id for each connection loses nothing while its replies differ`(place: Place) async throws {
        let server = RawServer { connection in
            var number = 0
            while connection.readRequest() != nil {
                connection.send(place.reply(connection.number, "\(number % 10)")[...])
                number += 1
            }
        }
        try await Client.with(server) { (client) async throws in
            for number in 0..<50 { #expect(try await text(client.send().get()) == "\(number % 10)") }
        }
        #expect(server.connections == 1)
    }

    @Test(arguments: Place.allCases)
    func `a server that begins to count again hides no reply that comes twice`(place: Place) async throws {
        let server = RawServer { connection in
            // Each connection is that of a server that was started anew, and answers other requests with the same ids.
            let text = "\(connection.number % 10)"
            for number in [0, 0] where connection.readRequest() != nil {
                connection.send(place.reply(number, text)[...])
            }
            connection.waitForEnd()
        }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<5 {
                #expect(try await client.send().get().status == 200)
                #expect(await client.failure()?.kind == .repeated)
            }
        }
        #expect(server.connections == 5)
    }

    @Test func `equal replies with ids of their own, or with none, are answers`() async throws {
        let server = RawServer { connection in
            for number in 0..<20 {
                guard connection.readRequest() != nil else { return }
                connection.send(Place.head.reply(number, "a")[...])
                guard connection.readRequest() != nil else { return }
                connection.send(ok(#"{"data":[{"embedding":[0.25,0.5]}]}"#))
            }
        }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<40 { #expect(try await client.send().get().status == 200) }
        }
        #expect(server.connections == 1)
    }

    @Test func `what is only read may be the same each time`() async throws {
        let server = RawServer { connection in
            while connection.readRequest() != nil { connection.send(ok(#"{"data":[{"id":"m"}]}"#)) }
        }
        try await Client.with(server) { (client) async throws in
            for _ in 0..<5 { #expect(try await client.send("").get().status == 200) }
        }
        #expect(server.connections == 1)
    }
}
