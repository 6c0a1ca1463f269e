import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct FormerFailuresTests {
    /// A provider that refuses every prompt for what it is.
    private static var refusing: SimulatorOptions {
        var options = SimulatorOptions()
        options.script = [FaultRule(.error(Refusal(400, "no such luck", code: "content_policy")))]
        return options
    }

    private func job(_ simulator: Simulator) throws -> Job {
        var job = try Job(Job.prompts(1...10), at: simulator.baseURL)
        job.options.stopsAtCommonFailure = false
        return job
    }

    @Test func `rows that failed are asked again however many runs have stopped before they came to them`() async throws
    {
        try await withSimulator(Self.refusing) { refusing in
            try await withSimulator { simulator in
                var job = try job(refusing)
                #expect(try await job.run().counts.failed == 10)
                job.options.rowLimit = 2
                for failedRows in [Files.FailedRows.only, .only, .retry] {
                    job.options.files.failedRows = failedRows
                    #expect(try await job.run().counts.failed == 2)
                }
                // All of them have failed, so there is nothing to do but them.
                job.options.rowLimit = nil
                job.options.files.failedRows = .skip
                #expect(try await job.run().counts.attempts == 0)

                job.options.accounts = try Job.accounts(at: simulator.baseURL)
                job.options.files.failedRows = .only
                let summary = try await job.run()
                #expect(summary.counts.answered == 10 && summary.counts.left == 0, "\(summary)")
                #expect(await simulator.ledger().paid == Array(1...10))
            }
        }
    }

    @Test func `the cells that say why stay filled when a run stops early`() async throws {
        try await withSimulator(Self.refusing) { simulator in
            var job = try job(simulator)
            job.options.output = job.folder.file("out.csv")
            job.options.files.errorColumn = "why"
            _ = try await Run(job.options).execute()
            job.options.rowLimit = 2
            for _ in 0..<2 {
                #expect(try await Run(job.options).execute().counts.failed == 2)
                let lines = try TextFile.lines(job.folder.file("out.csv")).dropFirst()
                #expect(lines.count == 10)
                #expect(lines.allSatisfy { $0.hasSuffix("no such luck") }, "\(lines)")
            }
            var merge = Merge([job.folder.file("out.csv")])
            merge.target = job.folder.file("merged.csv")
            merge.files.errorColumn = "why"
            _ = try merge.execute()
            let merged = try TextFile.lines(job.folder.file("merged.csv")).dropFirst()
            #expect(merged.count == 10 && merged.allSatisfy { $0.hasSuffix("no such luck") }, "\(merged)")
        }
    }
}
