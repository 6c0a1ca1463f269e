import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// To ask all again is paid for once, however often it is broken off.
@Suite struct RunRedoTests {
    // So many that a run by four at a time is met in the middle, however busy the machine is.
    private static let rows = 400

    /// What breaks the first redo off.
    enum Trouble: CaseIterable { case termination, limit, outage }

    /// Breaks a redo off; the answers that it has got.
    private func broken(_ job: Job, by trouble: Trouble, _ simulator: Simulator) async throws -> Int {
        var job = job
        switch trouble {
        case .limit:
            job.options.rowLimit = 7
            return try await job.run().counts.answered
        case .outage:
            job.options.accounts = try Job.accounts(at: "http://127.0.0.1:\(ClosedPort.find())/v1")
            job.options.waitReady = .seconds(0.1)
            let summary = try await job.run()
            #expect(summary.exitCode != 0 && summary.counts.left == Self.rows, "\(summary)")
            return 0
        case .termination:
            job.options.concurrency = 4
            let run = Run(job.options)
            async let finished = job.finish(run)
            #expect(await Deadline.wait { simulator.counts().answered >= Self.rows + 8 })
            run.stop(.terminated)
            let counts = try await finished.counts
            #expect(counts.left > 0, "\(counts)")
            return counts.answered
        }
    }

    @Test(arguments: Trouble.allCases, [false, true])
    func `a redo that is broken off goes on with what is left`(trouble: Trouble, ordered: Bool) async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(50))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...Self.rows), at: simulator.baseURL)
            job.options.files.isOrdered = ordered
            _ = try await job.run()
            let old = try job.answers().map { $0["sluice"]?.raw.text ?? "" }
            job.options.redoAll = true
            job.options.asking.model = "m2"
            let answered = try await broken(job, by: trouble, simulator)
            let events = Events()
            let summary = try await job.run(onEvent: events.take)
            #expect(summary.exitCode == 0 && summary.counts.doneBefore == answered, "\(summary)")
            #expect(events.contains("going on with --redo-all: answered since it was begun: \(answered)"))
            #expect(await simulator.ledger().paid == (1...Self.rows).flatMap { [$0, $0] })
            #expect(try job.ids() == Array(1...Self.rows))
            #expect(try job.answers().allSatisfy { $0["sluice"]?["model"]?.string == "m2" })
            #expect(
                try TextFile.objects(job.state("stale.jsonl")).map { $0["sluice"]?.raw.text ?? "" }.sorted()
                    == old.sorted())
            // It has come to every row, so the next one is another.
            #expect(!TextFile.exists(job.state("redo.json")))
            job.options.rowLimit = 1
            #expect(try await job.run().counts.left == Self.rows - 1)
        }
    }

    @Test func `a redo goes on without its flag, and another model's begins anew`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...10), at: simulator.baseURL)
            _ = try await job.run()
            job.options.redoAll = true
            job.options.rowLimit = 4
            _ = try await job.run()
            job.options.asking.model = "m2"
            let other = try await job.run()
            #expect(other.counts.doneBefore == 0 && other.counts.answered == 4)
            job.options.redoAll = false
            job.options.rowLimit = nil
            #expect(try await job.run().counts.doneBefore == 4)
            #expect(!TextFile.exists(job.state("redo.json")))
            #expect(await simulator.ledger().count == 10 + 4 + 4 + 6)
        }
    }

    @Test func `an estimate knows what a redo has got already`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...10), at: simulator.baseURL)
            _ = try await job.run()
            job.options.redoAll = true
            #expect(try Estimate(job.options).done == 0)
            job.options.rowLimit = 4
            _ = try await job.run()
            job.options.rowLimit = nil
            #expect(try Estimate(job.options).done == 4)
        }
    }

    @Test func `a redo that has come to every row is over, also where one has failed`() async throws {
        let rule = FaultRule(.init(prompt: "item-3", nth: 1...1), .error(Refusal(400, "no", code: "content_policy")))
        var options = SimulatorOptions()
        options.script = [rule]
        try await withSimulator { good in
            try await withSimulator(options) { simulator in
                var job = try Job(Job.prompts(1...5), at: good.baseURL)
                _ = try await job.run()
                job.options.accounts = try Job.accounts(at: simulator.baseURL)
                job.options.redoAll = true
                let summary = try await job.run()
                #expect(summary.counts.failed == 1 && summary.counts.left == 0)
                job.options.redoAll = false
                #expect(try await job.run().counts.attempts == 1)
                #expect(await simulator.ledger().paid == Array(1...5))
            }
        }
    }
}
