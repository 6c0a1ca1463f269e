import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

/// Many tasks at one writer, over and over; `SLUICE_ROUNDS` makes the loops long.
@Suite(.timeLimit(.minutes(10))) struct DurableWriterStressTests {
    @Test func `lines, jobs and questions from many tasks, and a close in the middle`() async throws {
        for round in 0..<Rounds.of(3) {
            let folder = TemporaryFolder()
            var options = WriterOptions()
            options.durability = round % 3 == 0 ? .sync : .os
            options.gather = .milliseconds(round % 2)
            let writer = try DurableWriter(
                try OutputTarget(path: folder.file("out")), options: options, clock: { Instant(nanoseconds: 0) })
            let acknowledged = Guarded<Set<String>>([])
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        for part in 0..<20 {
                            let name = "\(task).\(part)"
                            let isError = part % 5 == 4
                            do throws(SluiceError) {
                                try await writer.append(Array("\(name)\n".utf8), to: isError ? .errors : .output)
                                acknowledged.withLock { _ = $0.insert(name) }
                                if part == 10 { try await writer.perform {} }
                            } catch {
                                return
                            }
                            _ = writer.durableCount
                        }
                    }
                }
                group.addTask {
                    while acknowledged.withLock({ $0.count }) < round * 97 % 400 { await Task.yield() }
                    try? await writer.close()
                }
            }
            try? await writer.close()
            let written = lines(folder.file("out")) + lines(folder.file("out.errors.jsonl"))
            // What was acknowledged is there, and nothing is there twice; what came after the close is nowhere.
            #expect(written.count == Set(written).count)
            #expect(acknowledged.withLock { $0 } == Set(written))
        }
    }
}
