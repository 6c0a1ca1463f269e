import SluiceCore
import SluiceScheduling
import Testing

/// Whole runs in virtual time, with limits, several keys and every kind of trouble.
struct RunTests {
    private func accounts(_ count: Int, _ limits: Limits = Limits()) -> [AdmissionPolicy.Account] {
        (0..<count).map { AdmissionPolicy.Account(name: "key \($0)", limits: limits, credentials: ["k\($0)"]) }
    }

    private func expectOneEndEach(_ run: Simulation) {
        #expect(run.violations == [])
        #expect(run.ends.count == run.rows)
        #expect(run.ends.values.allSatisfy { $0.count == 1 })
    }

    @Test func `a given limit is used from the first second on and never refused`() {
        var server = SimulatedServer(.bucket(perSecond: 50, depth: 10))
        server.latency = 0.3
        server.jitter = 0.002
        let policy = AdmissionPolicy(
            accounts: accounts(1, Limits(requestsPerMinute: 3000)), concurrency: 100)
        var run = Simulation(policy, servers: [server], rows: 2000, slots: 100)
        run.run()
        expectOneEndEach(run)
        #expect(run.refusals == 0)
        #expect(run.most(in: 1) <= 60)
        #expect(run.seconds - 0.3 <= 2000 / 49.9)
        for second in 0..<39 {
            let sends = run.sentTimes.count { $0 >= Double(second) && $0 < Double(second + 1) }
            #expect(sends >= 49 && sends <= 51)
        }
    }

    @Test func `no limit is exceeded in any window as a bucket counts it`() {
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1, Limits(requestsPerMinute: 6000)), concurrency: 400, seed: 5),
            servers: [SimulatedServer(.bucket(perSecond: 100, depth: 20))], rows: 20_000, slots: 400)
        run.servers[0].latency = 2.5
        run.run()
        expectOneEndEach(run)
        #expect(run.refusals == 0)
        #expect(run.servers[0].mostExcess <= 16)
        #expect(run.most(in: 60) <= 6000 + 16)
        #expect(run.seconds <= 20_000 / 99.9 + 2.6)
    }

    @Test func `tokens per minute are kept and used`() {
        var random = SplitMix64(seed: 8)
        let sizes = (0..<4000).map { _ in random.unit() < 0.005 ? 20_000 : 200 + Int(random.unit() * 800) }
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1, Limits(tokensPerMinute: 600_000)), concurrency: 200),
            servers: [SimulatedServer(.none)], rows: 4000, slots: 200)
        run.tokens = { sizes[$0] }
        run.actualTokens = { sizes[$0] * 9 / 10 }
        run.run()
        expectOneEndEach(run)
        let used = sizes.reduce(0) { $0 + $1 * 9 / 10 }
        #expect(run.seconds <= Double(used) / 10_000 * 1.03 + 3)
        var first = 0
        var sum = 0
        for send in run.sentTokens {
            sum += send.tokens * 9 / 10
            while send.time - run.sentTokens[first].time >= 60 {
                sum -= run.sentTokens[first].tokens * 9 / 10
                first += 1
            }
            #expect(sum <= 600_000 + 20_000)
        }
    }

    @Test func `twenty keys run at twenty times the speed of one`() {
        func seconds(_ keys: Int) -> Double {
            var run = Simulation(
                AdmissionPolicy(accounts: accounts(keys, Limits(requestsPerMinute: 300)), concurrency: 400),
                servers: Array(repeating: SimulatedServer(.bucket(perSecond: 5, depth: 2)), count: keys),
                rows: 200 * keys, slots: 400)
            run.run()
            expectOneEndEach(run)
            #expect(run.refusals == 0)
            #expect(run.grantsPerAccount.allSatisfy { $0 == 200 })
            return run.seconds
        }
        #expect(seconds(20) <= seconds(1) * 1.01)
    }

    @Test func `accounts of unequal limits are each used at their own, whatever befalls a key of one`() {
        let limits = [3000.0, 9000, 6000].map { Limits(requestsPerMinute: $0) }
        var servers = limits.map { SimulatedServer(.bucket(perSecond: ($0.requestsPerMinute ?? 0) / 60, depth: 20)) }
        servers[2].keyDies = 5
        var run = Simulation(
            AdmissionPolicy(
                accounts: zip(accounts(3), limits).map { account, limits in
                    var account = account
                    account.limits = limits
                    return account
                }, concurrency: 300), servers: servers, rows: 4000, slots: 300)
        run.run()
        expectOneEndEach(run)
        #expect(run.refusals == 0)
        // 50 and 150 a second to the end, 100 a second for the first five.
        #expect(run.seconds <= (4000 - 500) / 200.0 + 1, "took \(run.seconds) s")
        #expect(abs(Double(run.grantsPerAccount[0]) / Double(run.grantsPerAccount[1]) - 1.0 / 3) < 0.01)
    }

    @Test func `keys without known limits are learned each for itself`() {
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(4), concurrency: 200, seed: 2),
            servers: [10, 20, 40, 80].map { SimulatedServer(.bucket(perSecond: $0, depth: $0 / 5)) },
            rows: 6000, slots: 200)
        run.run(limit: 1000)
        expectOneEndEach(run)
        #expect(run.seconds <= 40 * 1.15 + 3, "took \(run.seconds) s")
        #expect(run.refusals <= 100, "\(run.refusals) refusals")
        #expect(run.grantsPerAccount[3] > run.grantsPerAccount[2])
        #expect(run.grantsPerAccount[2] > run.grantsPerAccount[1])
    }

    @Test func `one bad key and one without quota cost nothing but their share`() {
        var servers = Array(repeating: SimulatedServer(.bucket(perSecond: 10, depth: 3)), count: 6)
        servers[1].keyDies = 5
        servers[2].quotaReturns = 20
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(6, Limits(requestsPerMinute: 600)), concurrency: 300),
            servers: servers, rows: 2400, slots: 300)
        run.run()
        expectOneEndEach(run)
        #expect(run.answered == 2400)
        // 40/s for the whole time, 10/s for the first 5 s, 10/s from second 20 on.
        #expect(run.seconds <= (2400 - 50 + 200) / 50 * 1.02 + 0.1, "took \(run.seconds) s")
    }

    @Test func `when every key dies the rest is refused with the reasons`() {
        var servers = Array(repeating: SimulatedServer(.none), count: 2)
        servers[0].keyDies = 1
        servers[1].keyDies = 2
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(2, Limits(requestsPerMinute: 600)), concurrency: 20),
            servers: servers, rows: 500, slots: 20)
        run.run()
        expectOneEndEach(run)
        let reasons = ["k0: invalid key", "k1: invalid key"]
        #expect(run.ends.values.allSatisfy { $0 == [.answered] || $0 == [.refused(.exhausted(reasons: reasons))] })
        #expect(run.answered > 20 && run.answered < 40)
    }

    @Test(arguments: [1.0, 60, 3600])
    func `an outage costs few sends and ends soon after the endpoint is back`(length: Double) {
        var server = SimulatedServer(.bucket(perSecond: 100, depth: 10))
        server.outages = [5...(5 + length)]
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1, Limits(requestsPerMinute: 6000)), concurrency: 100, seed: 3),
            servers: [server], rows: 2000, slots: 100)
        run.run()
        expectOneEndEach(run)
        #expect(run.answered == 2000)
        #expect(run.sends <= 2000 + 20 + Int(length / 5))
        #expect(run.seconds <= 20 + length + 15.1)
        #expect(run.most(in: 1) <= 120)
    }

    @Test(
        arguments: [1.0, 60, 3600], [(50.0, 0.05, 1.0), (50, 20, 1), (100, 0.5, 5)])
    func `a provider that fails everything for a while costs few sends and no row`(
        length: Double, server: (rate: Double, failsAfter: Double, latency: Double)
    ) {
        var simulated = SimulatedServer(.bucket(perSecond: server.rate, depth: server.rate / 5))
        simulated.failures = [30...(30 + length)]
        simulated.failureLatency = server.failsAfter
        simulated.latency = server.latency
        let rows = 90 * Int(server.rate)
        let slots = Int(server.rate * server.latency * 2)
        var run = Simulation(
            AdmissionPolicy(
                accounts: accounts(1, Limits(requestsPerMinute: server.rate * 60)), concurrency: slots, seed: 4),
            servers: [simulated], rows: rows, slots: slots)
        run.run()
        expectOneEndEach(run)
        #expect(run.answered == rows)
        #expect(run.refusals == 0)
        #expect(Double(run.sends) <= 1.1 * Double(rows), "\(run.sends) sends for \(rows) rows")
        #expect(Double(run.most(in: 1)) <= 1.2 * server.rate, "\(run.most(in: 1)) in a second")
        #expect(run.seconds <= Double(rows) / server.rate + length + 2 * server.failsAfter + 30)
    }

    @Test(arguments: [3, 4, 8, 16])
    func `where few are in flight an outage costs no row either`(slots: Int) {
        var server = SimulatedServer(.none)
        server.latency = 0.2
        server.failures = [3...40]
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1), concurrency: slots, seed: 4), servers: [server], rows: 600,
            slots: slots)
        run.run()
        expectOneEndEach(run)
        #expect(run.answered == 600)
        #expect(run.sends <= 600 + slots + 25, "\(run.sends)")
    }

    @Test func `an outage teaches nothing about how many at once are best`() {
        var server = SimulatedServer(.none)
        server.latency = 1
        server.failures = [60...120]
        var limits = Limits()
        limits.findsConcurrency = true
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1, limits), concurrency: 64, seed: 4), servers: [server],
            rows: 20_000, slots: 64)
        run.run(limit: 160)
        func answers(_ seconds: Range<Double>) -> Int { run.servers[0].accepted.count(where: seconds.contains) }
        #expect(answers(50..<60) > 300)
        // The last try comes 15 s after the one before it.
        #expect(Double(answers(140..<150)) >= 0.7 * Double(answers(50..<60)), "\(answers(140..<150))")
    }

    @Test func `a provider that fails one request in three gets no more than a fifth above what it answers`() {
        var server = SimulatedServer(.none)
        server.breaksEvery = 3
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1, Limits(requestsPerMinute: 60_000)), concurrency: 100, seed: 4),
            servers: [server], rows: 20_000, slots: 100)
        run.maxAttempts = 20
        run.run()
        expectOneEndEach(run)
        #expect(run.answered == 20_000)
        let retries = Double(run.sends - 20_000)
        #expect(retries <= 100 + 20_000 * 0.2 + run.seconds * 10)
        #expect(run.notices.isEmpty)
    }

    @Test func `the longest answers are begun first when nothing more is read`() {
        func seconds(tellsEnd: Bool) -> Double {
            var random = SplitMix64(seed: 12)
            let long = (0..<1000).map { _ in random.unit() < 0.05 }
            var run = Simulation(
                AdmissionPolicy(accounts: accounts(1, Limits(requestsPerMinute: 600)), concurrency: 800),
                servers: [SimulatedServer(.bucket(perSecond: 10, depth: 3))], rows: 1000, slots: 800)
            run.tokens = { long[$0] ? 3000 : 100 }
            run.work = { long[$0] ? 30 : 1 }
            run.tellsEnd = tellsEnd
            run.run()
            expectOneEndEach(run)
            return run.seconds
        }
        #expect(seconds(tellsEnd: false) > 115)
        #expect(seconds(tellsEnd: true) < 101.5)
    }

    @Test func `of two endpoints one that is down costs its share and nothing else`() {
        var pool = accounts(2, Limits(requestsPerMinute: 3000))
        pool[0].endpoint = "a"
        pool[1].endpoint = "b"
        var servers = Array(repeating: SimulatedServer(.bucket(perSecond: 50, depth: 5)), count: 2)
        servers[0].failures = [10...40]
        var run = Simulation(
            AdmissionPolicy(accounts: pool, concurrency: 100, seed: 6), servers: servers, rows: 6000, slots: 100)
        run.run()
        expectOneEndEach(run)
        #expect(run.answered == 6000)
        // Both but for 30 s and the time to notice, so 75 s instead of 60.
        #expect(run.seconds <= 60 + 15 + 6, "took \(run.seconds) s")
        #expect(run.sends <= 6000 + 60)
        #expect(run.refusals == 0)
    }

    @Test func `a provider that fails everything from the start is given up after a minute`() {
        var server = SimulatedServer(.none)
        server.failures = [0...10_000]
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1), concurrency: 50), servers: [server], rows: 300, slots: 50)
        run.run()
        expectOneEndEach(run)
        #expect(run.ends.values.allSatisfy { $0 == [.refused(.unreachable(reason: "http 503"))] })
        #expect(run.seconds >= 60 && run.seconds < 62)
        #expect(run.sends < 70)
    }

    @Test func `an endpoint that is not there is given up after a minute`() {
        var server = SimulatedServer(.none)
        server.outages = [0...10_000]
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(2), concurrency: 50), servers: [server, server], rows: 300, slots: 50)
        run.run()
        expectOneEndEach(run)
        #expect(run.ends.values.allSatisfy { $0 == [.refused(.unreachable(reason: "connection refused"))] })
        #expect(run.seconds >= 60 && run.seconds < 62)
    }

    @Test func `failed requests are retried elsewhere after a back-off, at most as often as allowed`() {
        var servers = Array(repeating: SimulatedServer(.none), count: 3)
        servers[0].breaksEvery = 2
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(3, Limits(requestsPerMinute: 6000)), concurrency: 60),
            servers: servers, rows: 3000, slots: 60)
        run.run()
        expectOneEndEach(run)
        #expect(run.answered == 3000)
        #expect(run.sends > 3000)

        var all = Simulation(
            AdmissionPolicy(accounts: accounts(1), concurrency: 100),
            servers: [SimulatedServer(.none)], rows: 19, slots: 10)
        all.servers[0].breaksEvery = 1
        all.run()
        expectOneEndEach(all)
        #expect(all.sends == 19 * 6)
        #expect(all.ends.values.allSatisfy { $0 == [.failed] })
    }

    @Test func `cancelled and stopped rows end once, whatever else happens`() {
        var servers = Array(repeating: SimulatedServer(.bucket(perSecond: 20, depth: 2)), count: 3)
        servers[1].keyDies = 3
        servers[2].breaksEvery = 3
        servers[0].outages = [4...6]
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(3), concurrency: 50, seed: 11),
            servers: servers, rows: 1000, slots: 80)
        for row in stride(from: 0, to: 200, by: 3) { run.cancel(row: row, at: Double(row) * 0.01) }
        run.stop(at: 9)
        run.run()
        expectOneEndEach(run)
        let cancelled = run.ends.values.count { $0 == [.refused(.cancelled)] }
        let stopped = run.ends.values.count { $0 == [.refused(.stopped)] }
        #expect(cancelled > 0)
        #expect(stopped > 500)
        #expect(run.sentTimes.allSatisfy { $0 <= 9 })
    }

    @Test func `without limits the concurrency is reached within a tenth of a second`() {
        var server = SimulatedServer(.none)
        server.latency = 0.5
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1), concurrency: 500), servers: [server], rows: 5000, slots: 500)
        run.run()
        expectOneEndEach(run)
        #expect(run.servers[0].mostAtOnce == 500)
        #expect(run.seconds <= 5.1)
    }

    @Test func `ten thousand in flight are reached with few wake-ups`() {
        var server = SimulatedServer(.none)
        server.latency = 0.5
        var run = Simulation(
            AdmissionPolicy(accounts: accounts(1), concurrency: 10_000), servers: [server], rows: 30_000,
            slots: 10_000)
        run.run()
        expectOneEndEach(run)
        #expect(run.servers[0].mostAtOnce == 10_000)
        #expect(run.seconds <= 1.65)
        #expect(run.timers <= 260)
    }
}
