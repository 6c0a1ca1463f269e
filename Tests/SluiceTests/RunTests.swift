import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct RunTests {
    @Test func `every row is sent once and answered once`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...500), at: simulator.baseURL)
            // Five hundred connections at once may take a busy machine longer than a connection has.
            job.options.concurrency = 32
            let summary = try await job.run()
            #expect(summary.exitCode == 0)
            #expect(summary.counts.answered == 500)
            #expect(summary.counts.attempts == 500)
            #expect(await simulator.ledger().paid == Array(1...500))
            #expect(try job.ids() == Array(1...500))
            for answer in try job.answers() {
                let text = answer["output"]?.string ?? ""
                #expect(text.hasPrefix("Answer to item-\(answer["id"]?.string ?? "?"): "))
            }
            let output = await simulator.ledger().reduce(0) { $0 + $1.outputTokens }
            #expect(summary.counts.usage.output == output)
        }
    }

    @Test func `keys of several accounts share the work`() async throws {
        var options = SimulatorOptions()
        options.keys = ["sk-number-0001", "sk-number-0002", "sk-number-0003"]
        options.latency = .fixed(.milliseconds(5))
        try await withSimulator(options) { simulator in
            let job = try Job(Job.prompts(1...90), at: simulator.baseURL, keys: options.keys)
            #expect(try await job.run().exitCode == 0)
            let keys = Dictionary(grouping: await simulator.ledger(), by: \.key).mapValues(\.count)
            #expect(keys.keys.sorted() == ["…0001", "…0002", "…0003"])
            #expect(keys.values.allSatisfy { $0 >= 15 }, "\(keys)")
        }
    }

    @Test func `at most so many rows are sent, and the next runs send the next`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...10), at: simulator.baseURL)
            job.options.rowLimit = 4
            for (sent, left) in [(4, 6), (8, 2), (10, 0), (10, 0)] {
                let summary = try await job.run()
                #expect(summary.counts.left == left)
                #expect(summary.exitCode == 0)
                #expect(await simulator.ledger().count == sent)
                #expect(try job.ids().count == sent)
            }
            #expect(try job.ids() == Array(1...10))
        }
    }

    @Test func `the first failure ends the run where that is asked for, and what is finished stays`() async throws {
        try await withSimulator { simulator in
            var job = try Job(
                Job.prompts(1...3) + [#"{"id":"4","no":"shape"}"#] + Job.prompts(5...20), at: simulator.baseURL)
            job.options.stopsAtFirstFailure = true
            job.options.concurrency = 1
            let summary = try await job.run()
            #expect(summary.exitCode == 1)
            #expect(summary.cause?.name == "first_failure")
            #expect(summary.counts.answered == 3)
            #expect(summary.counts.failed == 1)
            #expect(summary.counts.left == 16)
            #expect(try job.ids() == [1, 2, 3])
            #expect(await simulator.ledger().count == 3)
        }
    }

    @Test func `an interrupted run lets requests in flight finish, and goes on where it stopped`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(100))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...1000), at: simulator.baseURL)
            job.options.concurrency = 8
            let run = Run(job.options)
            async let finished = job.finish(run)
            #expect(await Deadline.wait { simulator.counts().answered >= 16 })
            run.stop(.interrupted)
            let summary = try await finished
            #expect(summary.exitCode == 130)
            #expect(summary.counts.left > 0)
            var ledger = await simulator.ledger()
            #expect(ledger.allSatisfy { $0.status == 200 && $0.sent })
            #expect(ledger.paid == (try job.ids()))
            var rest = job
            rest.options.concurrency = 200
            #expect(try await rest.run().exitCode == 0)
            ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...1000))
            #expect(try job.ids() == Array(1...1000))
        }
    }

    @Test func `a run that is stopped before it begins sends nothing`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...20), at: simulator.baseURL)
            let run = Run(job.options)
            run.stop(.interrupted)
            #expect(try await job.finish(run).exitCode == 130)
            #expect(simulator.counts().requests == 0)
            #expect(try await job.run().counts.answered == 20)
        }
    }

    @Test func `a key that fits no header stops the run, and the output is free afterwards`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...3), at: simulator.baseURL, keys: ["sk-two\r\nlines"])
            #expect(await job.refusal()?.code == .configuration)
            #expect(simulator.counts().requests == 0)
            job.options.accounts = try Job.accounts(at: simulator.baseURL)
            #expect(try await job.run().exitCode == 0)
        }
    }

    @Test func `a run that cannot open its way to the provider leaves nothing open`() async throws {
        /// Kept by whoever may still have something to say.
        final class Listener: Sendable {
            let isGone: Guarded<Bool>
            init(_ isGone: Guarded<Bool>) { self.isGone = isGone }
            deinit { isGone.withLock { $0 = true } }
        }
        var job = try Job([Job.prompt(1)], at: "https://127.0.0.1:1/v1")
        job.options.cache.folder = job.folder.file("cache")
        job.options.connection.authorities = [job.folder.file("no-such-file.pem")]
        let isGone = Guarded(false)
        do {
            let listener = Listener(isGone)
            _ = try await Run(job.options, onEvent: { _ in withExtendedLifetime(listener) {} }).execute()
            Issue.record("it ran without the file of authorities")
        } catch {
            #expect(error.message.contains("no-such-file.pem"), "\(error)")
        }
        #expect(await Deadline.wait { isGone.withLock { $0 } })
    }

    @Test func `a run whose task is cancelled breaks off what is in flight and ends`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...20), at: simulator.baseURL)
            job.options.concurrency = 4
            try await withThrowingTaskGroup(of: RunSummary.self) { [job] group in
                group.addTask { try await job.run() }
                #expect(await Deadline.wait { simulator.counts().inFlight == 4 })
                group.cancelAll()
                let summary = try await group.next()
                #expect(summary?.exitCode == 130)
                #expect(summary?.counts.left == 20)
            }
            #expect(simulator.counts().requests == 4)
        }
    }

    @Test func `where only tokens are limited they decide how many are in flight`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...600), at: simulator.baseURL)
            job.options.accounts[0].limits.tokensPerMinute = 60_000_000
            let run = Run(job.options)
            async let finished = job.finish(run)
            #expect(await Deadline.wait { simulator.counts().inFlight == 600 })
            run.stop(.interrupted)
            run.stop(.interrupted)
            #expect(try await finished.exitCode == 130)
        }
    }

    @Test func `a second stop breaks off what is in flight`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...20), at: simulator.baseURL)
            job.options.concurrency = 4
            let run = Run(job.options)
            async let finished = job.finish(run)
            #expect(await Deadline.wait { simulator.counts().inFlight == 4 })
            run.stop(.interrupted)
            run.stop(.interrupted)
            let summary = try await finished
            #expect(summary.exitCode == 130)
            #expect(summary.counts.left == 20)
            #expect(summary.counts.possiblyPaidTwice == 4)
            #expect(summary.elapsed < .seconds(60))
        }
    }

    @Test func `after termination requests in flight have a grace, and no longer`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...20), at: simulator.baseURL)
            job.options.concurrency = 4
            job.options.grace = .milliseconds(200)
            let run = Run(job.options)
            async let finished = job.finish(run)
            #expect(await Deadline.wait { simulator.counts().inFlight == 4 })
            run.stop(.terminated)
            let summary = try await finished
            #expect(summary.exitCode == 75)
            #expect(summary.counts.left == 20)
            #expect(summary.elapsed < .seconds(60))
        }
    }

    @Test func `progress is known while a run sends, and only then`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(20))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...500), at: simulator.baseURL)
            job.options.concurrency = 5
            job.options.title = "rehearsal"
            let run = Run(job.options)
            #expect(run.progress() == nil)
            async let finished = job.finish(run)
            #expect(await Deadline.wait { (run.progress()?.counts.answered ?? 0) > 0 })
            if let progress = run.progress() {
                #expect(progress.title == "rehearsal")
                #expect(progress.total == 500)
                #expect(progress.inFlight <= 5)
            }
            let summary = try await finished
            #expect(summary.exitCode == 0)
            #expect(run.progress() == nil)
        }
    }

    @Test func `an input that is not there stops without a trace`() async throws {
        var job = try Job([], at: "http://127.0.0.1:1/v1")
        job.options.input = job.folder.file("none.jsonl")
        let error = await job.refusal()
        #expect(error?.code == .io)
        #expect(job.folder.files == [job.input])
    }

    @Test func `an output in a folder that does not exist stops`() async throws {
        var job = try Job([Job.prompt(1)], at: "http://127.0.0.1:1/v1")
        job.options.output = job.folder.file("none/out.jsonl")
        #expect(await job.refusal()?.code == .configuration)
    }
}
