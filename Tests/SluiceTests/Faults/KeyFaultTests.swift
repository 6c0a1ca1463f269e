import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Faults of keys: they are retired when they are gone, and only then, and their rows go to the others.
@Suite struct KeyFaultTests {
    private static let keys = ["sk-first-0001", "sk-second-0002"]

    private func ordeal(_ rules: [FaultRule], keys: [String] = keys) async throws -> Ordeal {
        try await Ordeal(rules, keys: keys) { options in
            options.latency = .fixed(.milliseconds(5))
        } job: { options in
            options.maxAttempts = 1
        }
    }

    @Test(arguments: Fault.KeyEnd.allCases)
    func `a key that ends in mid-run hands its rows to the other`(end: Fault.KeyEnd) async throws {
        let ordeal = try await ordeal([FaultRule(.init(key: "0001", nth: 10...10), .key(end))])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == Ordeal.rows)
        #expect(ordeal.ledger.paid == Array(1...Ordeal.rows))
        #expect(ordeal.ledger.count { $0.key == "…0001" && $0.status == 200 } == 9)
        // What was on its way when the key was found out; two refusals in a row retire it after a 401.
        #expect((1...17).contains(ordeal.ledger.count { $0.status != 200 }))
        #expect(ordeal.summary.counts.possiblyPaidTwice == 0 && ordeal.lostPayments == 0)
    }

    @Test(arguments: Fault.KeyEnd.allCases)
    func `when the last key ends the rest is left, and nothing is lost`(end: Fault.KeyEnd) async throws {
        let ordeal = try await ordeal([FaultRule(.init(nth: 20...20), .key(end))], keys: ["sk-first-0001"])
        #expect(ordeal.summary.exitCode == 3, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == 19 && ordeal.summary.counts.left == Ordeal.rows - 19)
        #expect(ordeal.ledger.paid == (try ordeal.job.ids()))
    }

    @Test func `a single 401 is a glitch: the key stays`() async throws {
        let ordeal = try await ordeal(
            [FaultRule(.init(prompt: "item-7", nth: 1...1), .error(.usual(401)))], keys: ["sk-first-0001"])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == Ordeal.rows)
        #expect(try ordeal.attempts([7]) == [1])
    }

    @Test func `two glitches with a proof of the key between them are still glitches`() async throws {
        // The others are refused for what they are, which nobody is told whose key is wrong.
        let glitches = [2, 50].map { FaultRule(.init(prompt: "item-\($0):", nth: 1...1), .error(.usual(401))) }
        let filtered = Refusal(400, "The content was flagged.", type: "invalid_request_error", code: "content_filter")
        var options = SimulatorOptions()
        options.script = glitches + [FaultRule(.error(filtered))]
        try await withSimulator(options) { simulator in
            let prompts = (1...60).map { #"{"id":"\#($0)","prompt":"item-\#($0): hello"}"# }
            var job = try Job(prompts, at: simulator.baseURL, keys: ["sk-first-0001"])
            job.options.concurrency = 1
            let summary = try await job.run()
            #expect(summary.exitCode == 1 && summary.counts.failed == 60, "\(summary)")
        }
    }

    @Test(arguments: [402, 403])
    func `money and rights end a key at once`(status: Int) async throws {
        let ordeal = try await ordeal([FaultRule(.init(key: "0001", nth: 5...100), .error(.usual(status)))])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.ledger.paid == Array(1...Ordeal.rows))
        #expect((1...8).contains(ordeal.ledger.count(of: status)))
    }

    @Test func `a country that is not served stops the run`() async throws {
        let refusal = Refusal(
            403, "Country, region, or territory not supported", type: "request_forbidden",
            code: "unsupported_country_region_territory")
        let ordeal = try await ordeal([FaultRule(.error(refusal))])
        #expect(ordeal.summary.exitCode == 2, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.left == Ordeal.rows && ordeal.ledger.paid.isEmpty)
    }

    @Test func `a day's quota parks the key until it says, and the other does the work`() async throws {
        let refusal = Refusal(
            429, "Rate limit reached for requests per day (RPD): Limit 200, Used 200.", type: "requests",
            code: "rate_limit_exceeded", retryAfter: .seconds(3600))
        let ordeal = try await ordeal([FaultRule(.init(key: "0001", nth: 5...1000), .error(refusal))])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.ledger.paid == Array(1...Ordeal.rows))
        #expect((1...8).contains(ordeal.ledger.count(of: 429)))
    }
}
