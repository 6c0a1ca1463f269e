import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Costs worked out by hand from the prices of PROVIDERS.md §5, in dollars for a million tokens.
///
/// They are what a run writes into its rows: the provider says over a socket what it counted. Batches are in
/// `PriceTests`.
@Suite struct HandComputedCostTests {
    /// What a provider says of one answer, and what that costs.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let model: String
        let usage: String
        var tier: String?
        /// 12:00 and 02:00 UTC of Monday 2026-11-23; DeepSeek's dear hours are 01:00 to 04:00 and 06:00 to 10:00.
        var hour = "12"
        let dollars: String

        var testDescription: String { name }
    }

    private static let cases = [
        Case(
            name: "a cached prefix: 600 × 0.15 + 400 × 0.075 + 200 × 0.60 = 240", model: "gpt-4o-mini",
            usage: #"{"prompt_tokens":1000,"completion_tokens":200,"prompt_tokens_details":{"cached_tokens":400}}"#,
            dollars: "0.00024"),
        Case(
            name: "a prompt above 272,000 is dearer as a whole: 300,000 × 8 + 1,000 × 30 = 2,430,000", model: "gpt-5.6",
            usage: #"{"prompt_tokens":300000,"completion_tokens":1000}"#, dollars: "2.43"),
        Case(
            name: "one of 272,000 is not: 272,000 × 4 + 1,000 × 20 = 1,108,000", model: "gpt-5.6",
            usage: #"{"prompt_tokens":272000,"completion_tokens":1000}"#, dollars: "1.108"),
        Case(
            name: "ranges of a Chinese list: 300,000 × 1.2 + 1,000 × 4.8 = 364,800", model: "dashscope/qwen3.7-plus",
            usage: #"{"prompt_tokens":300000,"completion_tokens":1000}"#, dollars: "0.3648"),
        Case(
            name: "dear hours: 6,000 × 0.3 + 4,000 × 0.006 + 1,000 × 1.2 = 3,024", model: "deepseek/deepseek-flash",
            usage: #"{"prompt_tokens":10000,"completion_tokens":1000,"prompt_cache_hit_tokens":4000}"#, hour: "02",
            dollars: "0.003024"),
        Case(
            name: "off-peak hours, half of it: 6,000 × 0.15 + 4,000 × 0.003 + 1,000 × 0.6 = 1,512",
            model: "deepseek/deepseek-flash",
            usage: #"{"prompt_tokens":10000,"completion_tokens":1000,"prompt_cache_hit_tokens":4000}"#,
            dollars: "0.001512"),
        Case(
            name: "reasoning is inside the answer: 100 × 0.25 + 900 × 2 = 1,825", model: "gpt-5-mini",
            usage:
                #"{"prompt_tokens":100,"completion_tokens":900,"completion_tokens_details":{"reasoning_tokens":700}}"#,
            dollars: "0.001825"),
        Case(
            name: "three samples are three answers and one prompt: 500 × 2.5 + 3 × 100 × 10 = 4,250", model: "gpt-4o",
            usage: #"{"prompt_tokens":500,"completion_tokens":300}"#, dollars: "0.00425"),
        Case(
            name: "Anthropic's cache writes: 1,000 × 1 + 2,000 × 0.1 + 4,000 × 1.25 + 500 × 5 = 8,700",
            model: "claude-haiku-4-5",
            usage:
                #"{"prompt_tokens":7000,"completion_tokens":500,"prompt_tokens_details":{"cached_tokens":2000},"cache_creation_input_tokens":4000}"#,
            dollars: "0.0087"),
        Case(
            name: "last in line: 1,000 × 2 + 100 × 10 = 3,000", model: "gpt-5.6",
            usage: #"{"prompt_tokens":1000,"completion_tokens":100}"#, tier: "flex", dollars: "0.003"),
        Case(
            name: "first in line: 1,000 × 8 + 100 × 40 = 12,000", model: "gpt-5.6",
            usage: #"{"prompt_tokens":1000,"completion_tokens":100}"#, tier: "priority", dollars: "0.012"),
        Case(
            name: "a dated snapshot, less than a cent's millionth each: 1 × 0.1 + 1 × 0.4 = 0.5",
            model: "gemini/gemini-2.5-flash-lite", usage: #"{"prompt_tokens":1,"completion_tokens":1}"#,
            dollars: "0.0000005"),
    ]

    private static func reply(_ example: Case) -> String {
        let tier = example.tier.map { #","service_tier":"\#($0)""# } ?? ""
        return #"{"id":"x","object":"chat.completion","model":"\#(example.model)"\#(tier),"choices":"#
            + #"[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}],"usage":\#(example.usage)}"#
    }

    /// The real clocks, but for the hour of the calendar.
    private static func environment(_ hour: String) throws -> Environment {
        let noon = 1_795_435_200_000_000_000 as Int64
        let moment = WallTime(nanoseconds: noon + (try #require(Int64(hour)) - 12) * 3_600_000_000_000)
        #expect(moment.text == "2026-11-23T\(hour):00:00Z")
        var environment = Environment.live
        let live = environment.now
        environment.now = { Now(mono: live().mono, wall: moment) }
        return environment
    }

    @Test(arguments: cases)
    func `a row costs what it should`(example: Case) async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(Fault.Kind.body(Self.reply(example), status: 200))]
        try await withSimulator(options) { simulator in
            var job = try Job([Job.prompt(1)], at: simulator.baseURL)
            job.options.asking.model = example.model
            let summary = try await job.finish(Run(job.options, environment: Self.environment(example.hour)))
            #expect(try job.answers().first?["sluice"]?["cost"]?.raw.text == example.dollars)
            #expect(summary.counts.cost == Quantity.money(example.dollars))
            #expect(summary.counts.uncertainCost == .zero)
        }
    }

    /// What three attempts cost: 1,000 × 0.15 + 200 × 0.60 = 270 for the answer.
    ///
    /// The one that was lost counts at its highest: 100 × 0.60 for the answer that was asked for, and 0.15 for each byte
    /// of the request, of which there are 94. Refusals cost nothing.
    @Test func `a retry costs again, and what was lost counts at its highest`() async throws {
        let example = Case(
            name: "", model: "gpt-4o-mini", usage: #"{"prompt_tokens":1000,"completion_tokens":200}"#,
            dollars: "0.00027")
        var options = SimulatorOptions()
        options.script = [
            FaultRule(.init(prompt: "item-1", nth: 1...1), .error(.usual(503))),
            FaultRule(.init(prompt: "item-1", nth: 2...2), .reset(.body)),
            FaultRule(Fault.Kind.body(Self.reply(example), status: 200)),
        ]
        try await withSimulator(options) { simulator in
            var job = try Job([Job.prompt(1)], at: simulator.baseURL)
            job.options.asking.model = example.model
            job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("100")))]
            let body = try DryRun(job.options).body
            #expect(body.count == 94, "\(body.text)")
            let summary = try await job.run()
            #expect(summary.counts.attempts == 3)
            #expect(summary.counts.cost == Quantity.money("0.00027"))
            #expect(summary.counts.uncertainCost == Quantity.money("0.0000741"))
            #expect(try job.answers().first?["sluice"]?["cost"]?.raw.text == "0.00027")
        }
    }
}
