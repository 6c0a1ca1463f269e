import Sluice
import SluiceCore
import SluiceProviders
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct CostTests {
    /// 0.15 and 0.60 dollars for a million tokens, as gpt-4o-mini is listed.
    private static let input = Money(picodollars: 150_000)
    private static let output = Money(picodollars: 600_000)

    @Test func `every row says what it cost, and the summary their sum`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...50), at: simulator.baseURL)
            job.options.asking.model = "gpt-4o-mini"
            let summary = try await job.run()
            var sum = Money.zero
            for answer in try job.answers() {
                let meta = try #require(answer["sluice"])
                let usage = try #require(meta["usage"])
                let (input, output) = (try #require(usage["input"]?.int), try #require(usage["output"]?.int))
                let cost = Self.input * input + Self.output * output
                #expect(meta["cost"]?.raw.text == cost.decimal)
                sum += cost
            }
            #expect(sum > .zero)
            #expect(summary.counts.cost == sum)
            #expect(summary.counts.uncertainCost == .zero)
            #expect(summary.spent.total(with: summary.counts) == nil, "nobody asked for the sum of all runs")
            let manifest = try JSON.parse(Bytes(TextFile.read(job.state("run.json"))))
            #expect(manifest["cost"]?["answers"]?.raw.text == sum.decimal)
        }
    }

    @Test func `a model without a known price has no cost, and is counted`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            let summary = try await job.run()
            #expect(try job.answers().allSatisfy { $0["sluice"]?["cost"] == nil })
            #expect(summary.counts.cost == .zero)
            #expect(summary.counts.unpriced == 3)
        }
    }

    @Test func `an answer that is lost after it was sent counts at its highest`() async throws {
        var options = SimulatorOptions()
        options.faults = SimulatorOptions.FaultRates(reset: 0.3)
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...60), at: simulator.baseURL)
            job.options.asking.model = "gpt-4o-mini"
            job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("100")))]
            job.options.maxAttempts = 20
            let summary = try await job.run()
            let lost = summary.counts.possiblyPaidTwice
            #expect(lost > 0)
            // 100 tokens of answer, and fewer than 200 bytes of prompt.
            #expect(summary.counts.uncertainCost > Self.output * (100 * lost))
            #expect(summary.counts.uncertainCost < Self.output * (100 * lost) + Self.input * (200 * lost))
        }
    }

    @Test func `prompts longer than the model reads fail without being sent, or go to another model`() async throws {
        var catalogue = Catalogue.builtIn
        var small = Model("small")
        small.context = 100
        var large = Model("large")
        large.context = 1000
        catalogue.set(small)
        catalogue.set(large)
        try await withSimulator { simulator in
            let long = String(repeating: "word ", count: 200)
            let longer = String(repeating: "word ", count: 2000)
            var job = try Job(
                [Job.prompt(1), Job.prompt(2, long), Job.prompt(3, longer), Job.prompt(4)], at: simulator.baseURL)
            job.options.asking.model = "small"
            job.options.catalogue = catalogue
            job.options.tooLong = .fail
            #expect(try await job.run().counts.failed == 2)
            #expect(await simulator.ledger().count == 2)
            let failure = try #require(try job.failures().first?["error"])
            #expect(failure["code"]?.string == "context_length_exceeded")
            #expect(failure["message"]?.string?.contains("more than the 100 that small reads") == true)

            job.options.tooLong = .model("large")
            #expect(try await job.run().counts.failed == 1)
            let models = try job.answers().map { ($0["id"]?.string ?? "", $0["sluice"]?["model"]?.string ?? "") }
            #expect(models.sorted { $0 < $1 }.map(\.1) == ["small", "large", "small"])
        }
    }

    @Test func `a prompt that is too long is cut, its row stays as it is, and is not asked again`() async throws {
        try await withSimulator { simulator in
            let long = String(repeating: "word ", count: 3000)
            let rows = [Job.prompt(1), #"{"id":"2","title":"item-2","text":"\#(long)"}"#, Job.prompt(3)]
            var job = try Job(rows, at: simulator.baseURL)
            job.options.asking.model = "gpt-4o"
            job.options.catalogue = Self.small("gpt-4o", context: 1000)
            job.options.tooLong = .truncate
            try job.write([rows[1]])
            job.options.asking.template = "{{title}}: {{text}} Sum up."
            job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("100")))]
            let summary = try await job.run()
            #expect(summary.counts.answered == 1)
            #expect(summary.counts.truncated == 1)
            let answer = try #require(try job.answers().first)
            // The row as it came; its hash is of what it asks, not of what was sent.
            #expect(answer["text"]?.string == long)
            let seen = try #require(await simulator.ledger().first)
            #expect(seen.item == 2)
            // The simulator counts four bytes as a token; 890 words of five bytes.
            #expect(seen.inputTokens > 1050 && seen.inputTokens < 1150)
            // 3,000 words and the rest of the prompt came down to the 900 tokens that leave room for the answer.
            let cut = try #require(answer["sluice"]?["truncated"]?.int)
            #expect(cut > 3000 - 900 && cut < 3020 - 880)
            // The same command again, also without the flag: the row is done.
            #expect(try await job.run().counts.doneBefore == 1)
            job.options.tooLong = nil
            #expect(try await job.run().counts.doneBefore == 1)
            #expect(await simulator.ledger().count == 1)
            let manifest = try JSON.parse(Bytes(TextFile.read(job.state("run.json"))))
            #expect(manifest["requests"]?["truncated"]?.int == 0)
        }
    }

    @Test func `a prompt that is too long without its text fails`() async throws {
        try await withSimulator { simulator in
            var job = try Job([Job.prompt(1)], at: simulator.baseURL)
            job.options.asking.model = "small"
            job.options.asking.system = String(repeating: "rule ", count: 200)
            job.options.catalogue = Self.small("small", context: 100)
            job.options.tooLong = .truncate
            #expect(try await job.run().counts.failed == 1)
            let failure = try #require(try job.failures().first?["error"])
            #expect(failure["code"]?.string == "context_length_exceeded")
            #expect(await simulator.ledger().isEmpty)
        }
    }

    @Test(arguments: [
        (#"{"prompt":"LONG","input":"abc"}"#, "prompt"), (#"{"instruction":"LONG","prompt":"item-1"}"#, "instruction"),
        (#"{"instruction":"Sum up.","input":"LONG","prompt":"item-1"}"#, "input"),
        (#"{"body":{"input":"x"},"prompt":"LONG"}"#, "prompt"),
    ])
    func `what is cut is the text that is asked`(row: String, column: String) async throws {
        try await withSimulator { simulator in
            let long = String(repeating: "word ", count: 3000)
            var job = try Job([row.replacing("LONG", with: long)], at: simulator.baseURL)
            job.options.asking.model = "gpt-4o"
            job.options.catalogue = Self.small("gpt-4o", context: 1000)
            job.options.tooLong = .truncate
            #expect(try await job.run().counts.truncated == 1)
            let answer = try #require(try job.answers().first)
            #expect(answer[column]?.string == long)
            #expect((answer["sluice"]?["truncated"]?.int ?? 0) > 2000)
        }
    }

    @Test func `rows that get the answer of another one say how much of theirs was cut`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(2))
        try await withSimulator(options) { simulator in
            let long = String(repeating: "word ", count: 3000)
            let rows = (1...3).map { #"{"id":"\#($0)","prompt":"\#(long)"}"# }
            var job = try Job(rows, at: simulator.baseURL)
            job.options.asking.model = "gpt-4o"
            job.options.asking.parameters = [("temperature", try JSON.parse(Bytes("0")))]
            job.options.catalogue = Self.small("gpt-4o", context: 1000)
            job.options.tooLong = .truncate
            let summary = try await job.run()
            #expect(summary.counts.truncated == 3)
            #expect(await simulator.ledger().count < 3)
            #expect(try job.answers().allSatisfy { ($0["sluice"]?["truncated"]?.int ?? 0) > 2000 })
        }
    }

    @Test func `a row that asks for more than any model writes harms nothing`() async throws {
        try await withSimulator { simulator in
            let rows = Job.prompts(1...3).enumerated().map { index, row in
                index == 2 ? row : row.dropLast() + #","max_tokens":9223372036854775807}"#
            }
            var job = try Job(rows.map { String($0) }, at: simulator.baseURL)
            _ = try Estimate(job.options)
            job.options.accounts[0].limits.tokensPerMinute = 100_000
            let summary = try await job.run()
            #expect(summary.counts.answered == 1 && summary.counts.failed == 2)
            // What the provider says to it is another matter.
            #expect(try job.failures().map { $0["error"]?["code"]?.string } == ["invalid_value", "invalid_value"])
        }
    }

    private static func small(_ name: String, context: Int) -> Catalogue {
        var catalogue = Catalogue.builtIn
        var model = Model(name)
        model.context = context
        catalogue.set(model)
        return catalogue
    }
}
