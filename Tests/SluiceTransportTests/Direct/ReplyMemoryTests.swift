import SluiceCore
import SluiceTransport
import Testing

/// Replies that are larger than their calls expected take memory before more of them is read.
@Suite(.timeLimit(.minutes(1))) struct ReplyMemoryTests {
    /// Memory that is granted when a test says so.
    private final class Purse: ReplyMemory {
        private struct State {
            var left: Int
            var taken = 0
            var waiting: [(bytes: Int, later: @Sendable () -> Void)] = []
        }

        private let state: Guarded<State>
        /// The bytes that were asked for in vain, in order.
        let refusals: AsyncStream<Int>
        private let refusal: AsyncStream<Int>.Continuation

        init(_ bytes: Int) {
            state = Guarded(State(left: bytes))
            (refusals, refusal) = AsyncStream.makeStream(of: Int.self)
        }

        /// What is taken at present.
        var taken: Int { state.withLock { $0.taken } }

        func take(_ bytes: Int, isFirst: Bool, later: @escaping @Sendable () -> Void) -> Bool {
            let isTaken = state.withLock { state in
                guard bytes <= state.left else {
                    state.waiting.append((bytes, later))
                    return false
                }
                state.left -= bytes
                state.taken += bytes
                return true
            }
            if !isTaken { refusal.yield(bytes) }
            return isTaken
        }

        func giveBack(_ bytes: Int) { state.withLock { $0.taken -= bytes } }

        /// Lets everybody who waits have theirs.
        func grant() {
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                state.taken += state.waiting.reduce(0) { $0 + $1.bytes }
                return state.waiting
            }
            for item in waiting { item.later() }
        }
    }

    private func settings(_ purse: Purse) -> DirectSettings {
        var settings = DirectSettings()
        settings.memory = purse
        return settings
    }

    private static let large = String(repeating: "x", count: 8 << 20)

    @Test func `a reply that needs no more than expected asks for nothing`() async throws {
        let server = RawServer { connection in
            while connection.readRequest() != nil { connection.send(ok("0123456789")) }
        }
        let purse = Purse(0)
        try await Client.with(server, settings: settings(purse)) { (client) async throws in
            let reply = try await client.send(room: 10).get()
            #expect(reply.body.text == "0123456789")
            #expect(reply.taken == 0)
        }
    }

    @Test func `what a reply takes beyond that goes with it`() async throws {
        let server = RawServer { connection in while connection.readRequest() != nil { connection.send(ok(Self.large)) }
        }
        let purse = Purse(100 << 20)
        try await Client.with(server, settings: settings(purse)) { (client) async throws in
            let reply = try await client.send(room: 1000).get()
            #expect(reply.body.count == 8 << 20)
            #expect(reply.taken == 8 << 20 - 1000)
            #expect(purse.taken == reply.taken)
        }
    }

    @Test(arguments: ["content-length: 8388608\r\n\r\n", "transfer-encoding: chunked\r\n\r\n800000\r\n"])
    func `nothing is read while there is no memory, and that time is not the server's`(framing: String) async throws {
        let isSent = Guarded(false)
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n" + framing)
            connection.send(Self.large)
            isSent.withLock { $0 = true }
            if framing.contains("chunked") { connection.send("\r\n0\r\n\r\n") }
            guard connection.readRequest() != nil else { return }
            connection.send(ok("next"))
        }
        let purse = Purse(0)
        let ends = server.ends
        try await Client.with(server, settings: settings(purse)) { (client) async throws in
            async let reply = client.send(timeout: .seconds(4), room: 1000)
            var refusals = purse.refusals.makeAsyncIterator()
            // All that is known of it is asked for at once.
            #expect(await refusals.next() == 8 << 20 - 1000)
            // Longer than the timeout; the server gets rid of what the system's buffers take and no more.
            await suspended { due in
                _ = client.transport.schedule(after: .milliseconds(4500)) { due.resume(returning: ()) }
            }
            #expect(!isSent.withLock { $0 })
            purse.grant()
            let whole = try await reply.get()
            #expect(whole.body.count == 8 << 20)
            #expect(whole.taken == 8 << 20 - 1000)
            #expect(try await client.body() == "next", "the connection goes on as before")
        }
        var ended = ends.makeAsyncIterator()
        #expect(await ended.next() == 0)
        #expect(server.connections == 1)
    }

    @Test func `a reply in chunks takes memory step by step`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            for _ in 0..<200 { connection.send("400\r\n" + String(repeating: "y", count: 1024) + "\r\n") }
            connection.send("0\r\n\r\n")
        }
        let purse = Purse(100 << 20)
        try await Client.with(server, settings: settings(purse)) { (client) async throws in
            let reply = try await client.send(room: 2048).get()
            #expect(reply.body.count == 200 << 10)
            #expect((198 << 10...400 << 10).contains(reply.taken))
        }
    }

    @Test func `a reply that breaks off gives back what it has taken`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\nabc")
        }
        let purse = Purse(1 << 20)
        try await Client.with(server, settings: settings(purse)) { (client) async throws in
            #expect(await client.failure()?.kind == .reset)
            #expect(purse.taken == 0)
        }
    }

    @Test func `who is cancelled while waiting for memory gives it back when it comes`() async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\nabc")
            connection.waitForEnd()
        }
        let purse = Purse(0)
        let ends = server.ends
        try await Client.with(server, settings: settings(purse)) { (client) async throws in
            let failure = await withTaskGroup(of: TransportFailure?.self) { group in
                group.addTask { await client.failure() }
                var refusals = purse.refusals.makeAsyncIterator()
                #expect(await refusals.next() == 5000)
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(failure?.kind == .aborted)
            var ended = ends.makeAsyncIterator()
            #expect(await ended.next() == 0)
            purse.grant()
            // The loop hears of it before it counts its connections.
            #expect(await client.transport.connections() == (0, 0))
            #expect(purse.taken == 0)
        }
    }

    @Test func `a packed reply takes the memory of what it becomes before it is unpacked`() async throws {
        let packed = InflaterTests.packed([UInt8](repeating: 0x61, count: 900_000))
        let server = RawServer { connection in
            while connection.readRequest() != nil {
                connection.send("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: \(packed.count)\r\n\r\n")
                connection.send(packed[...])
            }
        }
        let purse = Purse(0)
        try await Client.with(server, settings: settings(purse)) { (client) async throws in
            async let reply = client.send(room: 5000)
            var refusals = purse.refusals.makeAsyncIterator()
            #expect(await refusals.next() == 895_000)
            purse.grant()
            #expect(try await reply.get().body.count == 900_000)
        }
    }

    /// A server that ends a packed reply with its connection.
    private func closing(_ packed: [UInt8]) -> RawServer {
        RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n")
            connection.send(packed[...])
        }
    }

    @Test func `who waits for memory behind the end of the connection can be cancelled`() async throws {
        let purse = Purse(0)
        let packed = InflaterTests.packed([UInt8](repeating: 0x61, count: 900_000))
        try await Client.with(closing(packed), settings: settings(purse)) { (client) async throws in
            let failure = await withTaskGroup(of: TransportFailure?.self) { group in
                group.addTask {
                    guard case .failure(let failure) = await client.send(room: 20_000) else { return nil }
                    return failure
                }
                var refusals = purse.refusals.makeAsyncIterator()
                #expect(await refusals.next() == 880_000)
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(failure?.kind == .aborted)
            purse.grant()
            #expect(await client.transport.connections() == (0, 0))
            #expect(purse.taken == 0)
        }
    }

    @Test func `a packed reply is unpacked when memory comes after the end of the connection`() async throws {
        let purse = Purse(0)
        // Two members, of which only the second's size stands at the end.
        let packed =
            InflaterTests.packed([UInt8](repeating: 0x61, count: 900_000))
            + InflaterTests.packed([UInt8](repeating: 0x62, count: 30_000))
        try await Client.with(closing(packed), settings: settings(purse)) { (client) async throws in
            async let reply = client.send(room: 20_000)
            var refusals = purse.refusals.makeAsyncIterator()
            #expect(await refusals.next() == 10_000)
            // The loop is through with the end of the connection.
            _ = await client.transport.connections()
            purse.grant()
            #expect(try await reply.get().body.count == 930_000)
            #expect(await client.transport.connections() == (0, 0))
        }
    }

    @Test func `a packed reply that says less than it becomes takes more until it fits`() async throws {
        // Two members, of which only the second's size stands at the end.
        let packed = InflaterTests.packed([UInt8](repeating: 0x61, count: 900_000)) + InflaterTests.packed([0x62])
        let server = RawServer { connection in
            while connection.readRequest() != nil {
                connection.send("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: \(packed.count)\r\n\r\n")
                connection.send(packed[...])
            }
        }
        let purse = Purse(100 << 20)
        try await Client.with(server, settings: settings(purse)) { (client) async throws in
            let reply = try await client.send(room: 5000).get()
            #expect(reply.body.count == 900_001)
            #expect((895_001...1_800_000).contains(reply.taken))
        }
    }
}
