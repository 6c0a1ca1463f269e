import SluiceCore
import SluiceScheduling
import Testing

/// A limit that nobody told, learned from refusals: the storm.
struct StormTests {
    /// A server that is limited, and what is expected of a run against it.
    struct Case: CustomTestStringConvertible {
        var rate: Double
        var depth: Double
        var hint: Double?
        /// Seconds at most.
        var most: Double
        var refused = 20
        var rows = 1000
        var slots = 100
        var testDescription: String { "\(rate)/s, depth \(depth), retry-after \(hint.map { "\($0)" } ?? "none")" }
    }

    @Test(arguments: [64, 8, 1]) func `a time when everybody is refused fails no row`(slots: Int) {
        let test = Case(rate: 1, depth: 1, hint: 1, most: 600, rows: 500, slots: slots)
        let run = Self.run(test, seed: 5) { server in
            server.rule = .window(count: 0, seconds: 1)
            server.change = (300, .none)
        }
        #expect(run.answered == 500 && run.violations.isEmpty)
        #expect(run.ends.values.allSatisfy { $0 == [.answered] })
    }

    @Test(arguments: [1.0, nil] as [Double?], [2.0...4.0, 2.0...10.0])
    func `a spell of refusals does not slow down the rest of the run`(hint: Double?, spell: ClosedRange<Double>) {
        // A thousand a second, but for the spell.
        let test = Case(
            rate: 1, depth: 1, hint: hint, most: spell.upperBound + 30 + 80, refused: 200, rows: 30_000, slots: 20)
        for seed in 1...3 {
            let run = Self.run(test, seed: UInt64(seed)) { server in
                server.rule = .none
                server.latency = 0.02
                server.refusing = [spell]
            }
            Self.check(run, test)
        }
    }

    @Test(arguments: [10.0, 50], [1.0, nil] as [Double?])
    func `a bucket that was full at the start is not taken for a spell`(rate: Double, hint: Double?) {
        let rows = Int(rate * 660)
        // A minute's worth goes at once.
        let test = Case(
            rate: rate, depth: rate * 60, hint: hint, most: 600 * 1.05 + 5, refused: rows / 300 + 8, rows: rows)
        for seed in 1...3 { Self.check(Self.run(test, seed: UInt64(seed)), test) }
    }

    static func run(_ test: Case, seed: UInt64, configure: (inout SimulatedServer) -> Void = { _ in }) -> Simulation {
        var server = SimulatedServer(.bucket(perSecond: test.rate, depth: test.depth))
        server.retryAfter = test.hint
        server.jitter = 0.002
        configure(&server)
        let policy = AdmissionPolicy(
            accounts: [AdmissionPolicy.Account(name: "a")], concurrency: test.slots, seed: seed)
        var run = Simulation(policy, servers: [server], rows: test.rows, slots: test.slots)
        run.run(limit: 4000)
        return run
    }

    static func check(_ run: Simulation, _ test: Case) {
        #expect(run.answered == test.rows)
        #expect(run.seconds <= test.most, "took \(run.seconds) s")
        #expect(run.refusals <= test.refused, "\(run.refusals) refusals")
        #expect(run.violations == [])
    }

    @Test(arguments: [
        Case(rate: 100, depth: 10, hint: 1, most: 13.4), Case(rate: 100, depth: 10, hint: nil, most: 12),
        Case(rate: 37, depth: 4, hint: 1, most: 32), Case(rate: 37, depth: 4, hint: nil, most: 30),
        Case(rate: 730, depth: 73, hint: 1, most: 3.6), Case(rate: 730, depth: 73, hint: nil, most: 2.5),
    ])
    func `the rates of the bars are learned in time with few refusals`(test: Case) {
        for seed in 1...5 { Self.check(Self.run(test, seed: UInt64(seed)), test) }
    }

    @Test(arguments: [12.0, 250, 2000], [0.1, 1, 10])
    func `other rates and depths are learned as well`(rate: Double, seconds: Double) {
        let rows = max(1000, Int(rate * (seconds * 2 + 4)))
        let depth = max(1, rate * seconds)
        let ideal = (Double(rows) - depth) / rate
        for (seed, hint) in [1.0, nil, 1.0, nil].enumerated() {
            var test = Case(
                rate: rate, depth: depth, hint: hint, most: 1.15 * ideal + 3, refused: max(60, rows / 180), rows: rows)
            if rate > 1000 { test.slots = 400 }
            Self.check(Self.run(test, seed: UInt64(seed)), test)
        }
    }

    @Test func `over a long time the limit is used and seldom exceeded`() {
        let test = Case(rate: 100, depth: 10, hint: 1, most: 620, refused: 30, rows: 60_000)
        Self.check(Self.run(test, seed: 1), test)
    }

    @Test(arguments: [2.0, 5, 20], [1.0, nil])
    func `after the first minute one in a thousand is refused at most, with all of the limit in use`(
        rate: Double, hint: Double?
    ) {
        let rows = Int(rate * 1800)
        for seed in 1...2 {
            var test = Case(rate: rate, depth: rate, hint: hint, most: 1860, refused: rows / 100, rows: rows)
            test.slots = 1000
            // Answers of 2 to 15 s, as models give them: what is in flight varies.
            let run = Self.run(test, seed: UInt64(seed)) { ($0.latency, $0.sigma) = (5, 0.4) }
            Self.check(run, test)
            let late = run.refusedTimes.count { $0 > 60 }
            #expect(Double(late) <= Double(rows) / 1000 + 1, "\(late) of \(rows), seed \(seed)")
            let used = run.servers[0].accepted.count { $0 > 60 && $0 <= 1500 }
            #expect(Double(used) >= 0.97 * rate * 1440, "\(used), seed \(seed)")
        }
    }

    @Test func `a limit that is halved is found again`() {
        let test = Case(rate: 100, depth: 10, hint: 1, most: 140, refused: 100, rows: 5000)
        for seed in 1...3 {
            let run = Self.run(test, seed: UInt64(seed)) { $0.change = (20, .bucket(perSecond: 50, depth: 5)) }
            Self.check(run, test)
            // A minute after the change the new limit is used to 85 % and more.
            let late = run.servers[0].accepted.count { $0 > 80 && $0 <= 100 }
            #expect(run.seconds < 100 || late >= 850)
        }
    }

    /// The slower the requests, the later it shows.
    @Test(arguments: [(2.0, 1500.0), (20, 600)])
    func `a limit that is doubled is found again`(rate: Double, seconds: Double) {
        let end = 600 + seconds + 400
        let rows = Int(rate * (600 + seconds + 800))
        let test = Case(
            rate: rate, depth: rate, hint: nil, most: end + 100, refused: rows / 50, rows: rows, slots: 1000)
        for seed in 1...2 {
            let run = Self.run(test, seed: UInt64(seed)) {
                ($0.latency, $0.sigma) = (5, 0.4)
                $0.change = (600, .bucket(perSecond: 2 * rate, depth: 2 * rate))
            }
            Self.check(run, test)
            let used = run.servers[0].accepted.count { $0 > end - 400 && $0 <= end }
            #expect(run.seconds < end || Double(used) >= 0.95 * 2 * rate * 400, "\(used), seed \(seed)")
        }
    }

    @Test(arguments: [10, 100, 400])
    func `fixed windows of one second are learned`(count: Int) {
        let test = Case(rate: 1, depth: 1, hint: 1, most: 1.6 * 1000 / Double(count) + 3)
        Self.check(Self.run(test, seed: 1) { $0.rule = .window(count: count, seconds: 1) }, test)
    }

    @Test(arguments: [5, 20, 50])
    func `a limit on requests at once is borne without a storm`(count: Int) {
        let test = Case(rate: 1, depth: 1, hint: 1, most: 2 * 50 / Double(count) + 6)
        Self.check(Self.run(test, seed: 1) { $0.rule = .concurrency(count) }, test)
    }

    @Test(arguments: [(100.0, 10.0), (37, 4), (730, 73)], [0.05, 0.1, 0.2])
    func `a far endpoint refuses no more than 60 of a thousand when connection times are told`(
        limit: (Double, Double), roundTrip: Double
    ) {
        for seed in 1...3 {
            var server = SimulatedServer(.bucket(perSecond: limit.0, depth: limit.1))
            server.roundTrip = roundTrip
            server.jitter = 0.01
            let policy = AdmissionPolicy(
                accounts: [AdmissionPolicy.Account(name: "a")], concurrency: 100, openingPatience: .seconds(0.5),
                seed: UInt64(seed))
            var run = Simulation(policy, servers: [server], rows: 1000, slots: 100)
            run.reportsConnections = true
            run.run(limit: 4000)
            #expect(run.answered == 1000)
            #expect(run.refusals <= 60, "\(run.refusals) refusals")
            #expect(run.seconds <= 1.8 * (1000 - limit.1) / limit.0 + 3, "took \(run.seconds) s")
        }
    }

    @Test func `a server that refuses everything for a while is not stormed`() {
        let test = Case(rate: 1000, depth: 100, hint: 1, most: 60, refused: 120)
        let run = Self.run(test, seed: 1) {
            $0.rule = .window(count: 0, seconds: 1000)
            $0.change = (20, .bucket(perSecond: 1000, depth: 100))
        }
        Self.check(run, test)
    }

    @Test func `a given limit far above the truth is corrected from below`() {
        var server = SimulatedServer(.bucket(perSecond: 50, depth: 5))
        server.jitter = 0.002
        let policy = AdmissionPolicy(
            accounts: [AdmissionPolicy.Account(name: "a", limits: Limits(requestsPerMinute: 30_000))],
            concurrency: 100, seed: 1)
        var run = Simulation(policy, servers: [server], rows: 2000, slots: 100)
        run.run(limit: 4000)
        #expect(run.answered == 2000)
        #expect(run.refusals <= 60, "\(run.refusals) refusals")
        #expect(run.seconds <= 40 * 1.25 + 4, "took \(run.seconds) s")
    }

    @Test(arguments: [1.0, nil])
    func `a given limit that is halved is in use a minute later, with few refusals`(hint: Double?) {
        var server = SimulatedServer(.bucket(perSecond: 100, depth: 100))
        (server.jitter, server.retryAfter, server.latency, server.sigma) = (0.002, hint, 5, 0.4)
        server.change = (60, .bucket(perSecond: 50, depth: 50))
        for seed in 1...2 {
            let policy = AdmissionPolicy(
                accounts: [AdmissionPolicy.Account(name: "a", limits: Limits(requestsPerMinute: 6000))],
                concurrency: 1200, seed: UInt64(seed))
            var run = Simulation(policy, servers: [server], rows: 12_000, slots: 1200)
            run.run(limit: 4000)
            #expect(run.answered == 12_000)
            #expect(run.refusals <= 12_000 * 20 / 1000, "\(run.refusals) refusals")
            #expect(run.refusedTimes.allSatisfy { $0 >= 60 })
            let used = run.servers[0].accepted.count { $0 > 120 && $0 <= 170 }
            #expect(Double(used) >= 0.95 * 50 * 50, "\(used), seed \(seed)")
        }
    }

    @Test func `the same seed gives the same trace, another seed another`() {
        let test = Case(rate: 100, depth: 10, hint: nil, most: 20)
        let traces = [1, 1, 2].map { Self.run(test, seed: $0).trace }
        #expect(traces[0] == traces[1])
        #expect(traces[0] != traces[2])
    }
}
