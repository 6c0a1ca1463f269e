import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import SluiceTransport
import Testing

/// Whole runs without sockets, looked at from many tasks and stopped anywhere; `SLUICE_ROUNDS` makes the loops long.
@Suite(.timeLimit(.minutes(10))) struct AdmissionStressTests {
    @Test func `every row has one end while others watch, stop and break off`() async throws {
        for round in 0..<Rounds.of(3) {
            let scenario = Scenario("stress") {
                $0.rows = 600
                $0.slots = 48
                $0.attempts = 10
                $0.provider.latency = .fixed(.milliseconds(round % 3))
                $0.provider.faults = .init(serverError: 0.01, reset: 0.01)
                $0.provider.seed = UInt64(round)
                $0.provider.keys = [Scenario.key(1), Scenario.key(2)]
                $0.provider.answersUntilExhausted = [Scenario.key(2): 100]
                $0.keys.append(Scenario.Key(name: Scenario.key(2)))
            }
            let rows = (1...scenario.rows).map { #"{"id":"\#($0)","prompt":"\#(scenario.prompt($0))"}"# }
            var job = try Job(rows, at: ModelTransport.base(of: 0), keys: scenario.keys.map(\.name))
            job.options.concurrency = scenario.slots
            job.options.maxAttempts = scenario.attempts
            var environment = Environment.live
            environment.connect = { [now = environment.now] settings async throws(SluiceError) in
                ModelTransport(
                    [ModelProvider(scenario.provider)], loop: try await DirectTransport.start(settings), now: now)
            }
            let run = Run(job.options, environment: environment)
            let isOver = Guarded(false)
            let stopAt = round % 3 == 0 ? Int.max : round * 83 % 500
            async let watched = withTaskGroup(of: Int.self) { group in
                for watcher in 0..<4 {
                    group.addTask {
                        var looks = 0
                        while !isOver.withLock({ $0 }) {
                            looks += 1
                            if let counts = run.progress()?.counts, watcher == 0, counts.answered >= stopAt {
                                run.stop(.interrupted)
                                if round % 3 == 2 { run.stop(.interrupted) }
                            }
                            await Task.yield()
                        }
                        return looks
                    }
                }
                return await group.reduce(0, +)
            }
            let summary = try await job.finish(run)
            isOver.withLock { $0 = true }
            #expect(await watched >= 4)
            #expect(summary.counts.failed == 0, "\(summary.failures)")
            #expect(try job.ids().count == summary.counts.answered)
            #expect(Set(try job.ids()).count == summary.counts.answered)
            if stopAt == .max { #expect(summary.counts.answered == scenario.rows) }
        }
    }
}
