import Glibc
import SluiceCore
import SluiceTestSupport
import SluiceTransport
import Testing

@Suite(.timeLimit(.minutes(2))) struct CancellationTests {
    /// Sockets of a process, ours that is, that lead to a port, by what the system says of them.
    private static func sockets(to port: Int) -> Int {
        let lines = String(decoding: TextFile.read("/proc/net/tcp"), as: UTF8.self).split(separator: "\n").dropFirst()
        return lines.count { line in
            let fields = line.split(separator: " ")
            // The remote address, and the inode, which is 0 once nobody holds the socket any more.
            return fields.count > 9 && fields[9] != "0"
                && fields[2].split(separator: ":").last.flatMap { Int($0, radix: 16) } == port
        }
    }

    /// Starts many calls and cancels each at some moment; says how many were broken off.
    private func cancelMany(_ count: Int, _ client: Client, within microseconds: Int, seed: UInt64) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            var random = SplitMix64(seed: seed)
            for number in 0..<count {
                let after = TimeSpan(nanoseconds: Int64(random.next() % UInt64(microseconds)) * 1000)
                let executor: (any TaskExecutor)? = number % 2 == 0 ? client.transport.executor : nil
                group.addTask(executorPreference: executor) {
                    await withTaskGroup(of: Bool.self) { inner in
                        inner.addTask(executorPreference: executor) {
                            guard case .failure(let failure) = await client.send("\(1000 + number)") else {
                                return false
                            }
                            #expect(failure.kind == .aborted, "\(failure)")
                            return true
                        }
                        await suspended { due in
                            _ = client.transport.schedule(after: after) { due.resume(returning: ()) }
                        }
                        inner.cancelAll()
                        return await inner.next() ?? false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    @Test func `a thousand calls cancelled at random moments leave no connection behind`() async throws {
        let text = String(repeating: "x", count: 2000)
        let server = RawServer { connection in
            while let request = connection.readRequest() {
                let number = Int(request.suffix(4)) ?? 0
                switch number % 4 {
                case 0: connection.send(ok("re:\(number)"))
                case 1: connection.trickle(ok(text))
                case 2:
                    connection.send("HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n" + text)
                    connection.send(text)
                default: if number % 8 == 3 { connection.readRequest() } else { connection.send(ok("re:\(number)")) }
                }
            }
        }
        let port = server.port
        try await Client.with(server) { (client) async throws in
            var cancelled = 0
            for round in 0..<10 {
                cancelled += await cancelMany(100, client, within: 12_000, seed: UInt64(round + 1))
            }
            #expect(cancelled > 100, "some moments were before the end")
            let isQuiet = await Deadline.wait {
                let counts = await client.transport.connections()
                return counts.open == counts.idle && Self.sockets(to: port) == counts.open
            }
            let counts = await client.transport.connections()
            #expect(isQuiet, "\(counts), \(Self.sockets(to: port)) sockets")
            // Those that were kept carry whole calls.
            for number in 0..<40 { #expect(try await client.body("\(1000 + number * 4)") == "re:\(1000 + number * 4)") }
        }
        #expect(await Deadline.wait { Self.sockets(to: port) == 0 })
    }

    @Test func `calls that wait for a handshake are cancelled at once`() async throws {
        let server = RawServer { connection in connection.readRequest() }
        let port = server.port
        defer { server.stop() }
        try await Client.with("https://127.0.0.1:\(port)") { (client) async throws in
            #expect(await cancelMany(100, client, within: 20_000, seed: 7) == 100)
            #expect(await Deadline.wait { await client.transport.connections().open == 0 })
            #expect(await Deadline.wait { Self.sockets(to: port) == 0 })
        }
    }

    @Test func `calls that wait for a connection are cancelled at once`() async throws {
        try await RawServer.withSilentPort(of: "127.0.0.12") { port in
            try await Client.with("http://127.0.0.12:\(port)") { (client) async throws in
                #expect(await cancelMany(100, client, within: 20_000, seed: 8) == 100)
                #expect(await Deadline.wait { await client.transport.connections().open == 0 })
            }
        }
    }

    @Test func `calls whose request does not get through are cancelled at once`() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let server = RawServer { connection in
            connection.readSome()
            arrival.yield()
            connection.waitForEnd()
        }
        try await Client.with(server) { (client) async throws in
            let body = String(repeating: "x", count: 8 << 20)
            let failure = await withTaskGroup(of: TransportFailure?.self) { group in
                group.addTask { await client.failure(body) }
                for await _ in arrivals.prefix(1) { group.cancelAll() }
                return await group.next() ?? nil
            }
            #expect(failure?.kind == .aborted)
            #expect(failure?.mayBePaid == true, "a part of it may have arrived")
            #expect(await Deadline.wait { await client.transport.connections().open == 0 })
        }
    }

    @Test func `a task that was cancelled before sends nothing`() async throws {
        let server = RawServer { connection in while connection.readRequest() != nil { connection.send(ok("a")) } }
        try await Client.with(server) { (client) async throws in
            let failure = await withTaskGroup(of: TransportFailure?.self) { group in
                group.cancelAll()
                group.addTask { await client.failure() }
                return await group.next() ?? nil
            }
            #expect(failure?.kind == .aborted)
            #expect(failure?.mayBePaid == false)
        }
        #expect(server.connections == 0)
    }
}
