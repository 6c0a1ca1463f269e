import SluiceCore
import SluiceScheduling
import Testing

/// Servers that say they have too much to do (503, 529), in virtual time.
struct OverloadTests {
    private func run(_ server: SimulatedServer, rows: Int, slots: Int) -> Simulation {
        var server = server
        server.saysOverloaded = true
        var run = Simulation(
            AdmissionPolicy(accounts: [AdmissionPolicy.Account(name: "a")], concurrency: slots, seed: 4),
            servers: [server], rows: rows, slots: slots)
        run.maxAttempts = 5
        run.run()
        #expect(run.violations == [])
        #expect(run.ends.values.allSatisfy { $0 == [.answered] } && run.ends.count == rows)
        return run
    }

    @Test(arguments: [2, nil] as [Double?], [16, 64])
    func `one that bears four at once soon gets no more, and no row fails`(wait: Double?, slots: Int) {
        var server = SimulatedServer(.concurrency(4))
        server.retryAfter = wait
        let run = run(server, rows: 1000, slots: slots)
        #expect(run.seconds <= 1000 * 0.05 / 4 * 1.1 + 3 + 2 * (wait ?? 0), "took \(run.seconds) s")
        #expect(run.refusals <= 2 * slots + 30, "\(run.refusals) refusals")
    }

    @Test(arguments: [1, 30] as [Double], [1, 8, 64])
    func `an outage that says when to come back costs no row`(wait: Double, slots: Int) {
        var server = SimulatedServer(.none)
        server.failures = [2...62]
        server.retryAfter = wait
        let run = run(server, rows: 4000, slots: slots + 64)
        #expect(run.sends <= 4000 + slots + 64 + 30, "\(run.sends) sends")
        #expect(run.seconds <= 4000 * 0.051 / Double(slots) + 62 + wait + 20, "took \(run.seconds) s")
    }

    @Test(arguments: [3, 4, 16, 64])
    func `one that is not ready at the start costs no row, however few are in flight`(slots: Int) {
        var server = SimulatedServer(.none)
        server.failures = [0...20]
        server.retryAfter = nil
        let run = run(server, rows: 200, slots: slots)
        #expect(run.sends <= 200 + slots + 30, "\(run.sends) sends")
        #expect(run.seconds <= 200 * 0.051 / Double(slots) + 20 + 20, "took \(run.seconds) s")
    }

    @Test func `one in twenty by chance lowers nothing`() {
        var server = SimulatedServer(.none)
        server.latency = 0.5
        server.strays = 0.05
        server.retryAfter = nil
        let run = run(server, rows: 6000, slots: 64)
        #expect(run.seconds <= 6000 * 0.5 / 64 * 1.15 + 3, "took \(run.seconds) s")
    }
}
