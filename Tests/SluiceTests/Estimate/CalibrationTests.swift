import Sluice
import SluiceCore
import SluiceProviders
import SluiceSimulator
import Testing

/// What the provider counts for the first answers corrects the estimates of the prompts behind them.
///
/// Nobody but the provider has the vocabulary of these models. The rule for Claude says 3.5 characters for a token; the
/// simulated provider takes four.
@Suite struct CalibrationTests {
    private static let model = "claude-x"

    private func job(_ sizes: [Int], at base: String) throws -> Job {
        let rows = sizes.enumerated().map {
            Job.prompt($0.offset + 1, String(repeating: "a word ", count: $0.element / 7))
        }
        var job = try Job(rows, at: base)
        job.options.asking.model = Self.model
        return job
    }

    @Test func `within a run a prompt is let through that the rule alone would hold too long`() async throws {
        var catalogue = Catalogue.builtIn
        var model = Model(Self.model)
        model.context = 1000
        catalogue.set(model)
        try await withSimulator { simulator in
            // 3,640 characters are 1,040 tokens by the rule, and 910 by the provider.
            var job = try job([3640] + [Int](repeating: 420, count: 60) + [3640], at: simulator.baseURL)
            job.options.catalogue = catalogue
            job.options.concurrency = 1
            job.options.tooLong = .fail
            let summary = try await job.run()
            #expect(summary.counts.answered == 61)
            #expect(try job.failures().map { $0["line"]?.int } == [1])
            #expect(try job.ids() == Array(2...62))
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `an estimate of the rest of a job is corrected by the answers so far`(seed: UInt64) async throws {
        try await withSimulator { simulator in
            var random = SplitMix64(seed: seed)
            let sizes = (0..<400).map { _ in Int.random(in: 200...4000, using: &random) }
            var job = try job(sizes, at: simulator.baseURL)
            let blind = try Estimate(job.options)
            #expect(blind.method == "rule")
            job.options.rowLimit = 60
            let first = try await job.run()
            job.options.rowLimit = nil
            let estimate = try Estimate(job.options)
            #expect(estimate.method == "calibrated")
            let rest = try await job.run().counts.usage.input
            #expect(abs(Double(estimate.inputTokens) / Double(rest) - 1) <= 0.02, "\(estimate.inputTokens) \(rest)")
            let all = first.counts.usage.input + rest
            #expect(abs(Double(blind.inputTokens) / Double(all) - 1) > 0.05, "\(blind.inputTokens) \(all)")
        }
    }

    @Test func `answers to the last rows correct the estimates of the rows before them`() async throws {
        try await withSimulator { simulator in
            let rows = (1...100).map { Job.prompt($0, String(repeating: "a word ", count: 10 * $0)) }
            var job = try Job(Array(rows[60...]), at: simulator.baseURL)
            job.options.asking.model = Self.model
            _ = try await job.run()
            try job.write(rows)
            let estimate = try Estimate(job.options)
            #expect(estimate.method == "calibrated")
            let rest = try await job.run().counts.usage.input
            #expect(abs(Double(estimate.inputTokens) / Double(rest) - 1) <= 0.02, "\(estimate.inputTokens) \(rest)")
        }
    }
}
