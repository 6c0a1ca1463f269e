import Sluice
import SluiceCore
import SluiceProviders
import SluiceSimulator
import SluiceTestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct BudgetRunTests {
    /// A cent for a million prompt tokens counts for little; each answer of 46 tokens costs 46 × 10 microdollars.
    private static func catalogue() -> Catalogue {
        var model = Model("m")
        model.context = 1000
        model.maxOutput = 46
        model.price = Price(Rates(input: Money(picodollars: 10_000), output: Money(picodollars: 10_000_000)))
        var catalogue = Catalogue.builtIn
        catalogue.set(model)
        return catalogue
    }

    private func job(_ rows: ClosedRange<Int>, at base: String, max: String) throws -> Job {
        var job = try Job(Job.prompts(rows), at: base)
        job.options.catalogue = Self.catalogue()
        job.options.maxCost = Quantity.money(max)
        return job
    }

    private func paid(_ simulator: Simulator) async -> Money {
        await simulator.ledger().filter { $0.status == 200 }.reduce(.zero) { sum, entry in
            sum + Money(picodollars: 10_000) * entry.inputTokens + Money(picodollars: 10_000_000) * entry.outputTokens
        }
    }

    @Test func `a name for a model is paid for at the price of what is behind it, which must be known everywhere`()
        async throws
    {
        try await withSimulator { simulator in
            var job = try job(1...100, at: simulator.baseURL, max: "0.01")
            job.options.asking.model = "fast"
            job.options.accounts[0].aliases = ["fast": "m"]
            let summary = try await job.run()
            #expect(
                summary.exitCode == 4 && summary.counts.answered == 21 && summary.counts.unpriced == 0, "\(summary)")
            #expect(summary.spent.total(with: summary.counts) == (await paid(simulator)))

            job.options.accounts.append(Account(name: "lab", base: try BaseURL("http://127.0.0.1:1/v1"), keys: []))
            job.options.accounts[1].aliases = ["fast": "nobody-knows"]
            let refusal = await job.refusal()
            #expect(refusal?.message.contains("no price is known for 'nobody-knows'") == true, "\(refusal as Any)")
            #expect(refusal?.hint?.contains("prices: {nobody-knows: ") == true)
        }
    }

    @Test func `no request is admitted that could pass the budget, and the next run goes on from there`() async throws {
        try await withSimulator { simulator in
            var job = try job(1...100, at: simulator.baseURL, max: "0.01")
            let summary = try await job.run()
            #expect(summary.exitCode == 4)
            #expect(summary.cause?.name == "budget")
            // 0.01 dollars are 21 answers of 460 microdollars and a bit for their prompts.
            #expect(summary.counts.answered == 21)
            #expect(summary.counts.left == 79)
            let first = await paid(simulator)
            #expect(first <= Money(dollars: 0.01) ?? .zero)
            #expect(summary.spent.total(with: summary.counts) == first)

            // The same amount again: it is spent, in all runs together.
            let again = try await job.run()
            #expect(again.exitCode == 4)
            #expect(again.counts.answered == 0)
            #expect(await paid(simulator) == first)

            job.options.maxCost = Money(dollars: 0.02)
            let more = try await job.run()
            #expect(more.exitCode == 4)
            #expect(more.counts.answered == 21 || more.counts.answered == 22)
            #expect(await paid(simulator) <= Money(dollars: 0.02) ?? .zero)
            #expect(more.spent.total(with: more.counts) == (await paid(simulator)))

            job.options.maxCost = Money(dollars: 20)
            #expect(try await job.run().exitCode == 0)
            #expect(try job.ids() == Array(1...100))
        }
    }

    @Test func `attempts that were lost count at their highest, also in the runs after`() async throws {
        var options = SimulatorOptions()
        options.faults = SimulatorOptions.FaultRates(reset: 0.5)
        options.latency = .fixed(.milliseconds(1))
        try await withSimulator(options) { simulator in
            var job = try job(1...100, at: simulator.baseURL, max: "0.01")
            job.options.maxAttempts = 50
            let summary = try await job.run()
            #expect(summary.exitCode == 4)
            let lost = summary.counts.possiblyPaidTwice
            #expect(lost > 0)
            #expect(summary.counts.answered + lost <= 21)
            let again = try await job.run()
            #expect(again.spent.uncertainBefore == summary.counts.uncertainCost)
            #expect(again.exitCode == 4)
            #expect(summary.counts.answered + again.counts.answered + lost <= 21)
        }
    }

    @Test func `answers that were moved away were paid all the same`() async throws {
        try await withSimulator { simulator in
            var job = try job(1...10, at: simulator.baseURL, max: "1")
            let first = try await job.run()
            job.options.redoAll = true
            let second = try await job.run()
            #expect(second.counts.answered == 10)
            #expect(second.spent.answersBefore == first.counts.cost)
            #expect(second.spent.total(with: second.counts) == (await paid(simulator)))
        }
    }

    @Test func `an answer that costs less than it could makes room for those that wait`() async throws {
        try await withSimulator { simulator in
            var job = try job(1...40, at: simulator.baseURL, max: "0.025")
            // Ten times the answer is reserved for each, 4,600 microdollars, so that five are in flight at most. An
            // answer takes 460 and a few hundredths: after 45 of them not even one more would fit, so 40 always do.
            job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("460")))]
            let summary = try await job.run()
            #expect(summary.exitCode == 0)
            #expect(summary.counts.answered == 40)
            #expect(summary.counts.uncertainCost == .zero)
            #expect(summary.counts.cost == (await paid(simulator)))
            #expect(await simulator.ledger().map(\.outputTokens) == [Int](repeating: 46, count: 40))
        }
    }

    @Test func `a process that died has its requests in flight counted`() async throws {
        try await withSimulator { simulator in
            let job = try job(1...4, at: simulator.baseURL, max: "1")
            _ = try await job.run()
            let text = String(decoding: TextFile.read(job.state("run.json")), as: UTF8.self)
            let died = text.replacing("\"ended\":true", with: "\"ended\":false")
                .replacing("\"in_flight\":0", with: "\"in_flight\":0.25")
            #expect(died != text)
            try TextFile.write(died, to: job.state("run.json"))
            #expect(try await job.run().spent.uncertainBefore == Money(dollars: 0.25))
        }
    }

    @Test func `a budget for a model without a price is refused before anything is sent`() async throws {
        try await withSimulator { simulator in
            var job = try job(1...3, at: simulator.baseURL, max: "1")
            job.options.asking.model = "unheard-of"
            let error = try #require(await job.refusal())
            #expect(error.code == .configuration)
            #expect(error.message.contains("unheard-of"))
            job.options.asking.model = nil
            try job.write([#"{"id":1,"model":"unheard-of","messages":[{"role":"user","content":"hi"}]}"#])
            #expect(try await job.run().counts.failed == 1)
            #expect(try job.failures().first?["error"]?["code"]?.string == "no_price")
            #expect(await simulator.ledger().isEmpty)
        }
    }

    @Test func `a budget that can no longer be written down ends the run, and says so`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(50))
        try await withSimulator(options) { simulator in
            var job = try job(1...400, at: simulator.baseURL, max: "0.1")
            job.options.concurrency = 2
            job.options.diskWait = .seconds(1)
            let said = Guarded([String]())
            let run = Run(job.options) { event in said.withLock { $0.append(event.message) } }
            async let summary = run.execute()
            #expect(await Deadline.wait { simulator.counts().answered >= 4 })
            #expect(rename(job.state(""), job.folder.file("gone")) == 0)
            let counts = try await summary.counts
            #expect(try await summary.exitCode == 6)
            // What was written down when the folder went is less than half of it all.
            #expect(counts.answered >= 4 && counts.answered < 200, "\(counts)")
            #expect(counts.left == 400 - counts.answered)
            #expect(await simulator.ledger().count == counts.answered)
            #expect(said.withLock { $0.contains { $0.contains("how far the budget may go") } })
        }
    }
}
