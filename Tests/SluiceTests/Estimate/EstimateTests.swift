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

    @Test func `a name for a model has the price, the context and the tokens of what is behind it`() throws {
        var job = try job((1...10).map { Job.prompt($0, "Donaudampfschifffahrtsgesellschaft") })
        job.options.tooLong = .truncate
        let plain = try Estimate(job.options)
        #expect(plain.method == "exact" && plain.cost != nil)
        job.options.accounts[0].aliases = ["fast": "gpt-4o-mini"]
        for name in ["fast", "safe"] {
            job.options.asking.model = name
            job.options.asking.chains = ["safe": ["fast"]]
            #expect(try Estimate(job.options) == plain)
        }
        job.options.accounts[0].aliases = ["safe": "nobody-knows", "fast": "nobody-knows"]
        #expect(try Estimate(job.options).unpriced == ["nobody-knows"])
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
        #expect(estimate.tooLongRows.first?.room == 128_000)
        job.options.tooLong = .model("gpt-4.1-mini")
        #expect(try Estimate(job.options).tooLong == 0)
        // A row that fails unsent costs nothing.
        job.options.tooLong = .fail
        let failing = try Estimate(job.options)
        #expect(failing.tooLong == 1 && failing.toDo == 3)
        #expect(failing.inputTokens < 100)
        job.options.tooLong = .truncate
        let cut = try Estimate(job.options)
        #expect(cut.tooLong == 0 && cut.truncated == 1)
        #expect(cut.inputTokens > 126_900 && cut.inputTokens < 127_100)
    }

    @Test func `rows that no account has room for are named with their line`() throws {
        var job = try job([Job.prompt(1), Job.prompt(2, String(repeating: " word", count: 5000)), Job.prompt(3)])
        job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("10")))]
        job.options.accounts = try Job.accounts(at: Self.nowhere, ["a", "b"])
        job.options.accounts[0].limits = Limits(tokensPerMinute: 1000)
        job.options.accounts[1].limits = Limits(tokensPerMinute: 2000)
        let estimate = try Estimate(job.options)
        #expect(estimate.overLimit == 1)
        #expect(estimate.overLimitRows.map(\.line) == [2])
        #expect(estimate.overLimitRows.first?.room == 2000)
        #expect(estimate.inputTokens < 100)
        job.options.accounts[1].modelLimits["gpt-4o-mini"] = Limits(tokensPerMinute: 10_000)
        #expect(try Estimate(job.options).overLimit == 0)
    }

    @Test(arguments: [
        // Ten rows of 104 tokens and answers of 200.
        ("rps", 20.0, "requests/min"), ("rpd", 2 * 86_400.0, "requests/day"), ("itpm", 62.4, "prompt tokens/min"),
        ("otpm", 240.0, "answer tokens/min"), ("tpd", 3 * 86_400.0, "tokens/day"),
        ("run", 600.0, "requests/min of the run"),
    ])
    func `every kind of limit bounds the time`(kind: String, seconds: Double, bound: String) throws {
        let text = "word" + String(repeating: " word", count: 96)
        var job = try job((1...10).map { #"{"id":\#($0),"prompt":"\#(text)"}"# })
        job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("200")))]
        switch kind {
        case "rps": job.options.accounts[0].limits.requestsPerSecond = 0.5
        case "rpd": job.options.accounts[0].limits.requestsPerDay = 4
        case "itpm": job.options.accounts[0].limits.inputTokensPerMinute = 1000
        case "otpm": job.options.accounts[0].limits.outputTokensPerMinute = 500
        case "tpd": job.options.accounts[0].limits.tokensPerDay = 1000
        default: job.options.totalRequestsPerMinute = 1
        }
        let estimate = try Estimate(job.options)
        #expect(estimate.time == .seconds(seconds))
        #expect(estimate.bound == bound)
    }

    @Test func `models have limits of their own, and do not wait for each other`() throws {
        let rows = (1...10).map { #"{"id":\#($0),"model":"\#($0 > 3 ? "gpt-4o" : "gpt-4o-mini")","prompt":"hello"}"# }
        var job = try job(rows)
        job.options.asking.model = nil
        job.options.accounts[0].limits = Limits(requestsPerMinute: 2)
        job.options.accounts[0].modelLimits["gpt-4o"] = Limits(requestsPerMinute: 7)
        #expect(try Estimate(job.options).time == .seconds(90))
    }

    @Test func `several samples of a prompt are several answers`() throws {
        var job = try job(Job.prompts(1...2))
        job.options.asking.parameters = [
            ("max_tokens", try JSON.parse(Bytes("100"))), ("n", try JSON.parse(Bytes("3"))),
        ]
        let estimate = try Estimate(job.options)
        #expect(estimate.outputTokens.expected == 600)
        #expect(estimate.outputTokens.high == 600)
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
