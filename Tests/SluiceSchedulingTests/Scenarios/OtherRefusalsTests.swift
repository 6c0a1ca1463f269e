import SluiceCore
import SluiceScheduling
import Testing

/// Refusals that no rate explains: too many at once, chance, keys that share an account in secret.
struct OtherRefusalsTests {
    private func run(
        _ rule: SimulatedServer.Rule, rows: Int, slots: Int = 64, accounts: Int = 1, seed: UInt64 = 1,
        configure: (inout SimulatedServer) -> Void = { _ in }
    ) -> Simulation {
        var server = SimulatedServer(rule)
        server.jitter = 0.0005
        configure(&server)
        let policy = AdmissionPolicy(
            accounts: (0..<accounts).map { AdmissionPolicy.Account(name: "\($0)") }, concurrency: slots, seed: seed)
        var run = Simulation(policy, servers: [server], rows: rows, slots: slots)
        run.sharesServer = true
        run.run(limit: 4000)
        #expect(run.answered == rows)
        #expect(run.violations == [])
        return run
    }

    @Test(arguments: [1, 2, 4, 32], [0.005, 0.02, 0.2, 2])
    func `a hidden cap on requests at once costs less than a third of the time`(cap: Int, latency: Double) {
        let rows = max(200, Int(20 * Double(cap) / latency))
        guard rows <= 20_000 else { return }
        let run = run(.concurrency(cap), rows: rows) {
            $0.latency = latency
            $0.sigma = 0.5
        }
        // The mean of a log-normal time is e^(σ²/2) times its median.
        let ideal = Double(rows) * latency * 1.133 / Double(cap)
        #expect(run.seconds <= 1.3 * ideal, "\(run.seconds) s instead of \(ideal)")
        #expect(run.refusals <= 25, "\(run.refusals) refusals")
    }

    @Test func `a cap that grows in mid-run is used within seconds`() {
        let run = run(.concurrency(2), rows: 5000) {
            $0.latency = 0.02
            $0.change = (5, .concurrency(32))
        }
        #expect(run.seconds <= 1.3 * (5 + 4500 * 0.02 / 32) + 3, "\(run.seconds) s")
    }

    @Test(arguments: [0.001, 0.003, 0.01, 0.03], [0.02, 0.2])
    func `refusals by chance cost little of the throughput`(share: Double, latency: Double) {
        let rows = Int(20 * 64 / latency)
        for seed in 1...2 {
            let run = run(.none, rows: rows, seed: UInt64(seed)) {
                $0.latency = latency
                $0.strays = share
            }
            #expect(run.seconds <= 1.13 * 20, "\(run.seconds) s instead of 20")
        }
    }

    @Test(arguments: [0.001, 0.01, 0.03])
    func `a rate and chance together are told apart`(share: Double) {
        let run = run(.bucket(perSecond: 100, depth: 10), rows: 6000, slots: 100) { $0.strays = share }
        #expect(run.seconds <= 60 * (1.25 + 5 * share), "\(run.seconds) s instead of 60")
    }

    @Test(arguments: [2, 4], [50.0, 200])
    func `keys that share an account in secret reach its rate`(keys: Int, rate: Double) {
        let run = run(.bucket(perSecond: rate, depth: rate / 10), rows: Int(rate * 120), slots: 100, accounts: keys)
        #expect(run.seconds <= 120 * 1.15, "\(run.seconds) s instead of 120")
    }

    @Test(arguments: [1800.0, 1950])
    func `a limit just below what the slots send is found with few refusals`(rate: Double) {
        let run = run(.bucket(perSecond: rate, depth: rate / 5), rows: Int(rate * 60), slots: 100)
        #expect(run.seconds <= 60 * 1.08, "\(run.seconds) s instead of 60")
        #expect(run.refusals <= 60, "\(run.refusals) refusals")
    }
}
