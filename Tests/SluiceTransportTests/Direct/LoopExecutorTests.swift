import Glibc
import SluiceCore
import SluiceTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoopExecutorTests {
    /// The thread of whoever calls; a plain function, since threads mean nothing across an `await`.
    private static func thread() -> UInt { UInt(pthread_self()) }

    @Test func `a task that prefers the executor starts on the loop and resumes there`() async throws {
        let server = RawServer { connection in while connection.readRequest() != nil { connection.send(ok("a")) } }
        try await Client.with(server) { client in
            let (loops, loop) = AsyncStream.makeStream(of: UInt.self)
            _ = client.transport.schedule(after: .zero) { loop.yield(Self.thread()) }
            var first = loops.makeAsyncIterator()
            let wanted = try #require(await first.next())
            #expect(wanted != Self.thread())
            let seen = await Task(executorPreference: client.transport.executor) {
                var seen = [Self.thread()]
                for _ in 0..<10 {
                    _ = await client.send()
                    seen.append(Self.thread())
                }
                await Task.yield()
                return seen + [Self.thread()]
            }.value
            #expect(seen.count == 12)
            #expect(seen.allSatisfy { $0 == wanted })
        }
    }

    @Test func `thousands of jobs from many threads all run`() async throws {
        try await Client.with("http://127.0.0.1:1") { client in
            let sum = await withTaskGroup(of: Int.self) { group in
                for number in 0..<5000 {
                    group.addTask(executorPreference: client.transport.executor) {
                        await Task.yield()
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(sum == 12_497_500)
        }
    }
}
