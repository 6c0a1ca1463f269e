import SluiceCore
import SluiceScheduling
import Testing

/// Rows that never succeed, whoever asks for them: they must not look like an outage for longer than it takes to ask another row.
struct PoisonTests {
    /// Rows that are carried beside those that may be in flight.
    private static let spare = 64

    private func run(rows: Int, concurrency: Int, poison: Range<Int>, latency: Double = 0.2) -> Simulation {
        var server = SimulatedServer(.none)
        server.latency = latency
        var run = Simulation(
            AdmissionPolicy(
                accounts: [AdmissionPolicy.Account(name: "a")], concurrency: concurrency, seed: 4),
            servers: [server], rows: rows, slots: min(rows, concurrency + Self.spare))
        run.neverSucceed = poison
        run.maxAttempts = 5
        run.tellsEnd = true
        run.run()
        #expect(run.violations == [])
        #expect(run.ends.count == rows)
        #expect(run.ends.allSatisfy { row, ends in ends == [poison.contains(row) ? .failed : .answered] })
        return run
    }

    @Test(arguments: [1, 2, 3, 8])
    func `three in a row hold up nobody, however few are in flight`(concurrency: Int) {
        let run = run(rows: 200, concurrency: concurrency, poison: 10..<13)
        #expect(run.sendsOfRow.values.max() ?? 0 <= 7)
        #expect(run.sends <= 197 + 3 * 7)
        #expect(run.seconds <= 200 * 0.2 / Double(concurrency) + 20, "took \(run.seconds) s")
    }

    @Test(arguments: [1, 4, 32])
    func `a block of them is passed, as what is farthest behind is tried first`(concurrency: Int) {
        let run = run(rows: 400, concurrency: concurrency, poison: 100..<160)
        #expect(run.sends <= 340 + 60 * 7)
        #expect(run.seconds <= 400 * 0.2 / Double(concurrency) + 120, "took \(run.seconds) s")
    }

    @Test(arguments: [40, 60])
    func `where nothing else is left they are asked once more after ten minutes, and the run ends`(count: Int) {
        let run = run(rows: 1000, concurrency: 256, poison: (1000 - count)..<1000)
        #expect(run.seconds >= 600 && run.seconds <= 700, "took \(run.seconds) s")
        #expect(run.sends <= 1000 + 6 * count)
        #expect(run.notices.contains { $0.notice == .lastCall(after: .seconds(600)) })
    }

    @Test func `more of them than are carried end before the day does`() {
        let run = run(rows: 400, concurrency: 4, poison: 100..<250)
        #expect(run.seconds <= 3 * 7200 + 700, "took \(run.seconds) s")
    }

    @Test(arguments: [1, 3, 16], [60.0, 3600])
    func `an outage costs no row, however few are in flight`(concurrency: Int, length: Double) {
        var server = SimulatedServer(.none)
        server.latency = 0.05
        server.failures = [3...(3 + length)]
        var run = Simulation(
            AdmissionPolicy(accounts: [AdmissionPolicy.Account(name: "a")], concurrency: concurrency, seed: 4),
            servers: [server], rows: 4000, slots: concurrency + Self.spare)
        run.maxAttempts = 5
        run.tellsEnd = true
        run.run()
        #expect(run.answered == 4000)
        #expect(Double(run.sends) <= 1.1 * 4000, "\(run.sends) sends")
    }
}
