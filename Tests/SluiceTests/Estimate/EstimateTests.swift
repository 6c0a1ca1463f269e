import Sluice
import SluiceCore
import SluiceProviders
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct EstimateTests {
    private static let nowhere = "http://127.0.0.1:9/v1"

    private func job(_ rows: [String]) throws -> Job {
        var job = try Job(rows, at: Self.nowhere)
        job.options.asking.model = "gpt-4o-mini"
        return job
    }

    @Test func `tokens, money and time of rows that were never sent`() throws {
        // Each of these words is one token of o200k_base; a message has 4 around it, the reply 3 in front.
        let text = "word" + String(repeating: " word", count: 96)
        var job = try job((1...10).map { #"{"id":\#($0),"prompt":"\#(text)"}"# })
        job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("200")))]
        job.options.accounts[0].limits = Limits(requestsPerMinute: 5, tokensPerMinute: 1000)
        let estimate = try Estimate(job.options)
        #expect(estimate.toDo == 10)
        #expect(estimate.done == 0)
        #expect(estimate.inputTokens == 10 * (97 + 7))
        #expect(estimate.outputTokens.low == 0)
        #expect(estimate.outputTokens.expected == 2000)
        #expect(estimate.outputTokens.high == 2000)
        // 1040 × 0.15 + 2000 × 0.60 dollars for a million.
        #expect(estimate.cost?.low == Quantity.money("0.000156"))
        #expect(estimate.cost?.expected == Quantity.money("0.001356"))
        #expect(estimate.cost?.high == Quantity.money("0.001356"))
        #expect(estimate.batchCost == Quantity.money("0.000678"))
        // 3040 tokens at 1000 a minute take longer than 10 requests at 5 a minute.
        #expect(estimate.time == .seconds(182.4))
        #expect(estimate.bound == "tokens/min")
        #expect(estimate.cachedCost == nil)
    }

    @Test func `rows that are done are known, and their answers tell the length of the others`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...100), at: simulator.baseURL)
            job.options.asking.model = "gpt-4o-mini"
            job.options.rowLimit = 40
            let summary = try await job.run()
            job.options.rowLimit = nil
            let estimate = try Estimate(job.options)
            #expect(estimate.done == 40)
            #expect(estimate.toDo == 60)
            #expect(estimate.answersKnown == 40)
            #expect(estimate.outputTokens.expected == 60 * 46)
            #expect(estimate.spent == summary.counts.cost)
            #expect(await simulator.ledger().count == 40)

            job.options.concurrency = 1
            #expect(try Estimate(job.options).bound == "concurrency")
            // What the estimate says of the answers is what they are.
            let rest = try await job.run()
            #expect(estimate.outputTokens.expected == rest.counts.usage.output)
        }
    }

    @Test func `rows longer than the model reads are named with their line`() throws {
        let long = String(repeating: " word", count: 130_000)
        var job = try job([Job.prompt(1), Job.prompt(2, long), Job.prompt(3)])
        let estimate = try Estimate(job.options)
        #expect(estimate.tooLong == 1)
        #expect(estimate.tooLongRows.map(\.line) == [2])
        #expect(estimate.tooLongRows.first?.context == 128_000)
        job.options.tooLong = .model("gpt-4.1-mini")
        #expect(try Estimate(job.options).tooLong == 0)
    }

    @Test func `a common beginning that is long enough is cheaper from the cache`() throws {
        let system = String(repeating: "rule ", count: 1640)
        var job = try job(Job.prompts(1...11))
        job.options.asking.system = system
        let estimate = try Estimate(job.options)
        #expect(estimate.prefixTokens >= 2050 && estimate.prefixTokens < 2100)
        let cost = try #require(estimate.cost?.expected)
        // Half of the prompt price for ten of eleven beginnings.
        #expect(estimate.cachedCost == cost - Money(picodollars: 75_000) * (10 * estimate.prefixTokens))
    }

    @Test func `bad rows, unknown prices and the rows behind -n are told`() throws {
        var job = try job([Job.prompt(1), "{bad", #"{"no":"shape"}"#, Job.prompt(4), Job.prompt(5)])
        job.options.asking.model = "unheard-of"
        job.options.rowLimit = 2
        let estimate = try Estimate(job.options)
        #expect(estimate.toDo == 2)
        #expect(estimate.left == 1)
        #expect(estimate.bad == 2)
        #expect(estimate.firstBad?.hasPrefix("line 2: ") == true)
        #expect(estimate.cost == nil)
        #expect(estimate.unpriced == ["unheard-of"])
        #expect(estimate.time == nil)
    }

    @Test func `an estimate needs a file, and changes nothing`() throws {
        var job = try job(Job.prompts(1...2))
        _ = try Estimate(job.options)
        #expect(!TextFile.exists(job.output))
        #expect(!TextFile.exists(job.state("run.json")))
        job.options.input = nil
        #expect(throws: SluiceError.self) { try Estimate(job.options) }
    }
}
