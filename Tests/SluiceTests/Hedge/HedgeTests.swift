import Sluice
import SluiceCore
import SluiceProviders
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Second requests for the slowest, as the provider's ledger shows them.
@Suite struct HedgeTests {
    private static let rows = 400

    /// Requests for these items that are never answered.
    private func never(_ items: some Sequence<Int>, _ tries: ClosedRange<Int> = 1...1) -> [FaultRule] {
        items.map { FaultRule(.init(prompt: "item-\($0)", nth: tries), .stall(.before, nil)) }
    }

    private func run(
        _ script: [FaultRule], latency: TimeSpan = .milliseconds(5), _ change: (inout RunOptions) -> Void = { _ in }
    ) async throws -> (summary: RunSummary, ledger: [LedgerEntry]) {
        var options = SimulatorOptions()
        options.latency = .fixed(latency)
        options.script = script
        return try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...Self.rows), at: simulator.baseURL)
            job.options.concurrency = 10
            job.options.hedge = 0.95
            change(&job.options)
            let summary = try await job.run()
            await simulator.stop()
            return (summary, await simulator.ledger())
        }
    }

    @Test func `what hangs is asked once more at the end, whenever it was sent, and what is broken off is counted`()
        async throws
    {
        let (summary, ledger) = try await run(never([1, 200, 398, 400]))
        #expect(summary.exitCode == 0, "\(summary)")
        #expect(summary.counts.answered == Self.rows)
        #expect(summary.elapsed < .seconds(60))
        for item in [1, 200, 398, 400] { #expect(ledger.count { $0.item == item } == 2) }
        // A row that was quick may have seemed slow, too.
        #expect((4...8).contains(summary.counts.hedged) && summary.counts.hedgesWon >= 4)
        #expect(summary.counts.attempts == Self.rows + summary.counts.hedged)
        #expect((4...summary.counts.hedged).contains(summary.counts.possiblyPaidTwice))
        #expect(ledger.count <= summary.counts.attempts)
    }

    @Test func `no more than one in fifty is asked twice`() async throws {
        let (summary, ledger) = try await run(never(381...400, 1...9)) {
            $0.concurrency = 30
            $0.timeout = .seconds(3)
            $0.maxAttempts = 1
        }
        #expect(summary.counts.failed == 20)
        #expect((1...7).contains(summary.counts.hedged) && summary.counts.hedgesWon <= summary.counts.hedged)
        #expect(ledger.count > Self.rows && ledger.count <= Self.rows + summary.counts.hedged)
    }

    @Test func `what is slow while rows are left to ask is not asked twice`() async throws {
        let (summary, ledger) = try await run(never([5]), latency: .milliseconds(20)) {
            $0.concurrency = 4
            $0.timeout = .milliseconds(500)
        }
        #expect(summary.exitCode == 0, "\(summary)")
        let times = ledger.filter { $0.item == 5 }.map(\.time.nanoseconds)
        #expect(times.count == 2 && times[1] - times[0] >= 450_000_000)
    }

    @Test func `nothing is sent twice unless it is asked for`() async throws {
        let (summary, ledger) = try await run(never([400])) {
            $0.hedge = nil
            $0.timeout = .seconds(1)
        }
        #expect(summary.counts.answered == Self.rows && summary.counts.hedged == 0)
        #expect(summary.elapsed >= .seconds(1))
        #expect(ledger.count { $0.item == 400 } == 2)
    }

    @Test func `a failure waits for the second request that is on its way`() async throws {
        let (summary, ledger) = try await run([
            FaultRule(.init(prompt: "item-400", nth: 1...1), Fault(.error(.usual(500)), delay: .seconds(1))),
            FaultRule(.init(prompt: "item-400", nth: 2...2), Fault(.none, delay: .seconds(2))),
        ])
        #expect(summary.exitCode == 0)
        #expect(ledger.filter { $0.item == 400 }.map(\.status) == [500, 200])
        #expect(summary.counts.hedgesWon >= 1)
    }

    @Test func `the second request fails, and the first one counts`() async throws {
        let (summary, ledger) = try await run([
            FaultRule(.init(prompt: "item-400", nth: 1...1), Fault(.none, delay: .seconds(2))),
            FaultRule(.init(prompt: "item-400", nth: 2...2), .error(.usual(500))),
        ])
        #expect(summary.exitCode == 0)
        let entries = ledger.filter { $0.item == 400 }.sorted { $0.number < $1.number }
        #expect(entries.map(\.status) == [200, 500])
    }

    @Test func `a budget without room for a second request gets none`() async throws {
        let (summary, ledger) = try await run(never([400], 1...9)) { options in
            var model = Model("m")
            model.context = 1000
            model.maxOutput = 46
            model.price = Price(Rates(input: Money(picodollars: 10_000), output: Money(picodollars: 10_000_000)))
            options.catalogue.set(model)
            // Each answer takes 460 microdollars and a bit: there is room for 400, and for half of another.
            options.maxCost = Money(dollars: 0.1843)
            options.concurrency = 2
            options.timeout = .seconds(1)
        }
        #expect(summary.exitCode == 4, "\(summary)")
        #expect(summary.counts.answered == Self.rows - 1 && summary.counts.hedged == 0)
        #expect(ledger.count == Self.rows)
    }
}
