import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Rows that no try ever answers; a run must tell them from an outage, and end.
@Suite(.timeLimit(.minutes(2))) struct PoisonRowTests {
    private func run(
        rows: Int, poison: ClosedRange<Int>, fault: Fault.Kind = .reset(.body), speed: Double,
        job adapt: (inout RunOptions) -> Void
    ) async throws -> (summary: RunSummary, ledger: [LedgerEntry]) {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(prompt: "poison"), fault)]
        options.latency = .fixed(.milliseconds(2))
        return try await withSimulator(options) { simulator in
            let prompts = (1...rows).map { Job.prompt($0, poison.contains($0) ? "poison" : "hello") }
            var job = try Job(prompts, at: simulator.baseURL)
            adapt(&job.options)
            let summary = try await job.finish(Run(job.options, environment: .quick(speed)))
            #expect(try job.ids() == (1...rows).filter { !poison.contains($0) })
            let failed = try job.failures().compactMap { $0["id"]?.string.flatMap { Int($0) } }.sorted()
            #expect(failed == Array(poison))
            return (summary, await simulator.ledger())
        }
    }

    private func sends(_ ledger: [LedgerEntry]) -> [Int: Int] {
        Dictionary(grouping: ledger.compactMap(\.item), by: { $0 }).mapValues(\.count)
    }

    @Test(arguments: [Fault.Kind.reset(.body), .error(.usual(503)), .page(502), .error(.usual(500))])
    func `three in a row stop nobody else, one at a time`(fault: Fault.Kind) async throws {
        let (summary, ledger) = try await run(rows: 40, poison: 11...13, fault: fault, speed: 20) {
            $0.concurrency = 1
        }
        #expect(summary.exitCode == 1, "\(summary)")
        let sends = sends(ledger)
        #expect((1...40).allSatisfy { (11...13).contains($0) || sends[$0] == 1 }, "\(sends)")
        #expect((11...13).allSatisfy { (5...7).contains(sends[$0] ?? 0) }, "\(sends)")
    }

    @Test(arguments: [40, 60])
    func `at the end of the input they fail after some minutes of tries`(count: Int) async throws {
        let (summary, ledger) = try await run(rows: 400, poison: (401 - count)...400, speed: 100) { _ in }
        #expect(summary.exitCode == 1, "\(summary)")
        #expect(summary.elapsed >= .seconds(600) && summary.elapsed < .seconds(1800), "\(summary.elapsed)")
        #expect(ledger.count <= 400 - count + 7 * count, "\(ledger.count)")
    }
}
