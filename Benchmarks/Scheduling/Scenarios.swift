import SluiceCore

/// The committed table.
enum Scenarios {
    static let all: [Scenario] = known + several + unknown + faulty

    private static func told(_ truth: Truth) -> Limits {
        var limits = Limits(requestsPerMinute: truth.requestsPerMinute, tokensPerMinute: truth.tokensPerMinute)
        limits.window = truth.window
        limits.charge = truth.charge
        limits.quantum = truth.quantum.map(TimeSpan.seconds)
        return limits
    }

    private static func atOnce(_ concurrency: Int) -> Truth {
        var truth = Truth()
        truth.concurrency = concurrency
        return truth
    }

    private static func key(_ truth: Truth) -> Scenario.Key { Scenario.Key(truth: truth, told: told(truth)) }

    private static func truth(
        _ rpm: Double?, _ tpm: Double?, _ window: LimitWindow = .bucket, _ charge: TokenCharge = .reserved,
        quantum: Double? = nil
    ) -> Truth {
        var truth = Truth()
        truth.requestsPerMinute = rpm
        truth.tokensPerMinute = tpm
        truth.window = window
        truth.charge = charge
        truth.quantum = quantum
        return truth
    }

    /// Limits that the client knows: an hour of work each.
    private static let known: [Scenario] = [
        Scenario(
            name: "bucket, reserved", keys: [key(truth(3000, 2e6))], rows: 146_000, seeds: 16, slots: 800,
            bars: .init(use: 0.99, makespan: 1.02, refusalsPerThousand: 0)),
        Scenario(
            name: "bucket, actual", keys: [key(truth(3000, 2e6, .bucket, .actual))], rows: 146_000, seeds: 16,
            slots: 800, bars: .init(use: 0.99, makespan: 1.02, refusalsPerThousand: 0)),
        Scenario(
            name: "quantum of 1 s", keys: [key(truth(3000, nil, quantum: 1))], rows: 180_000, seeds: 12, slots: 600,
            bars: .init(use: 0.98, refusalsPerThousand: 0)),
        Scenario(
            name: "quantum of 10 s", keys: [key(truth(3000, nil, quantum: 10))], rows: 180_000, seeds: 6, slots: 600,
            bars: .init(use: 0.98, refusalsPerThousand: 0)),
        Scenario(
            name: "fixed minute", keys: [key(truth(3000, nil, .fixed))], rows: 180_000, seeds: 6, slots: 600,
            bars: .init(use: 0.99, refusalsPerThousand: 0)),
        Scenario(
            name: "fixed minute, tokens", keys: [key(truth(6000, 2e6, .fixed, .actual))], rows: 146_000, seeds: 6,
            slots: 800, bars: .init(use: 0.985, refusalsPerThousand: 0)),
        Scenario(
            name: "sliding minute", keys: [key(truth(3000, nil, .sliding))], rows: 180_000, seeds: 6, slots: 600,
            bars: .init(use: 0.99, refusalsPerThousand: 0)),
        Scenario(
            name: "sliding, reserved", keys: [key(truth(6000, 2e6, .sliding))], rows: 130_000, seeds: 6, slots: 800,
            bars: .init(refusalsPerThousand: 0)),
        Scenario(
            name: "giants of 60 k", keys: [key(truth(3000, 2e6))], rows: 105_000, seeds: 12, slots: 500,
            mix: Mix(giants: 0.005), bars: .init(use: 0.99, makespan: 1.02, refusalsPerThousand: 0)),
    ]

    /// Several keys.
    private static let several: [Scenario] = [
        Scenario(
            name: "8 unequal keys",
            keys: [(500, 2e5), (500, 2e5), (500, 2e5), (500, 2e5), (3000, 1e6), (3000, 1e6), (5000, 2e6), (5000, 2e6)]
                .map { key(truth($0.0, $0.1)) }, rows: 260_000, seeds: 6, slots: 3000,
            bars: .init(use: 0.98, refusalsPerThousand: 0)),
        Scenario(
            name: "8 keys, one dies",
            keys: (0..<8).map { index in
                var key = key(truth(600, 4e5))
                if index == 3 { key.dies = 300 }
                return key
            }, rows: 220_000, seeds: 6, slots: 2000, bars: .init(use: 0.98, refusalsPerThousand: 0)),
        Scenario(
            name: "64 unequal keys",
            keys: (0..<64).map { key(truth(600 * Double(1 + $0 % 4), 4e5 * Double(1 + $0 % 4))) },
            rows: 1_300_000, seeds: 4, slots: 10_000, bars: .init(use: 0.98, refusalsPerThousand: 0)),
        Scenario(
            name: "64 keys, one dies",
            keys: (0..<64).map { index in
                var key = key(truth(600 * Double(1 + index % 4), 4e5 * Double(1 + index % 4)))
                if index == 7 { key.dies = 120 }
                return key
            }, rows: 900_000, seeds: 2, slots: 10_000, bars: .init(use: 0.98, refusalsPerThousand: 0)),
        Scenario(
            name: "pooled keys, known",
            keys: (0..<4).map { _ in
                Scenario.Key(truth: truth(3000, nil), told: told(truth(3000, nil)), counter: 0)
            }, rows: 90_000, seeds: 4, slots: 400, bars: .init(makespan: 1.15)),
        Scenario(
            name: "pooled keys, unknown",
            keys: (0..<4).map { index in
                Scenario.Key(truth: truth(3000, nil), told: Limits(), counter: 0)
            }, rows: 90_000, seeds: 6, slots: 400, bars: .init(makespan: 1.1)),
    ]

    /// Limits that nobody told.
    private static let unknown: [Scenario] = [
        Scenario(
            name: "unknown, 6,000 rpm", keys: [Scenario.Key(truth: truth(6000, nil))], rows: 360_000, seeds: 14,
            slots: 1200, bars: .init(use: 0.97, lateRefusals: 1)),
        Scenario(
            name: "unknown, no hint", keys: [Scenario.Key(truth: truth(1200, nil))], rows: 72_000, seeds: 12,
            slots: 300, faults: .init(saysRetryAfter: false), bars: .init(use: 0.97, lateRefusals: 1)),
        Scenario(
            name: "unknown, wrong hint", keys: [Scenario.Key(truth: truth(6000, nil))], rows: 180_000, seeds: 6,
            slots: 1200, faults: .init(retryAfterFactor: 0.1), bars: .init(use: 0.97, lateRefusals: 1)),
        Scenario(
            name: "unknown, tenfold hint", keys: [Scenario.Key(truth: truth(6000, nil))], rows: 180_000, seeds: 4,
            slots: 1200, faults: .init(retryAfterFactor: 10), bars: .init(use: 0.97, lateRefusals: 1)),
        Scenario(
            name: "8 at once, unknown", keys: [Scenario.Key(truth: atOnce(8))], rows: 3000, seeds: 6, slots: 64,
            bars: .init(makespan: 1.1, refusalsPerThousand: 20)),
        Scenario(
            name: "64 at once, unknown", keys: [Scenario.Key(truth: atOnce(64))], rows: 20_000, seeds: 6, slots: 400,
            bars: .init(makespan: 1.1, refusalsPerThousand: 20)),
        Scenario(
            name: "1 % chance refusals", keys: [Scenario.Key()], rows: 60_000, seeds: 6, slots: 400,
            faults: .init(strays: 0.01), bars: .init(makespan: 1.1)),
        Scenario(
            name: "rate and 1 % chance", keys: [Scenario.Key(truth: truth(6000, nil))], rows: 120_000, seeds: 6,
            slots: 1200, faults: .init(strays: 0.01), bars: .init(use: 0.93, makespan: 1.08)),
        Scenario(
            name: "halved in mid-run", keys: [key(truth(6000, nil))], rows: 120_000, seeds: 10, slots: 1200,
            faults: .init(change: (300, 0.5)), bars: .init(use: 0.95, refusalsPerThousand: 20)),
    ]

    /// What the algorithms of other clients are compared by.
    static let compared: [Scenario] = all.filter {
        [
            "bucket, reserved", "bucket, actual", "quantum of 1 s", "fixed minute, tokens", "sliding, reserved",
            "8 unequal keys",
        ].contains($0.name)
    }.map { scenario in
        var scenario = scenario
        scenario.rows /= 6
        // Buckets hold a minute, as those of the others do.
        for key in scenario.keys.indices { scenario.keys[key].truth.requestDepth = 60 }
        return scenario
    }

    /// Faults beside limits.
    private static let faulty: [Scenario] = [
        Scenario(
            name: "5xx and stalls", keys: [key(truth(6000, nil))], rows: 360_000, seeds: 10, slots: 2000,
            faults: .init(serverErrors: 0.03, stalls: 0.002), bars: .init(refusalsPerThousand: 0)),
        Scenario(
            name: "outage of 1 s", keys: [key(truth(3000, nil))], rows: 60_000, seeds: 4, slots: 600,
            faults: .init(outage: 300...301), bars: .init(refusalsPerThousand: 0, peak: 1.2)),
        Scenario(
            name: "outage of 10 min", keys: [key(truth(3000, nil))], rows: 60_000, seeds: 4, slots: 600,
            faults: .init(outage: 300...900), bars: .init(refusalsPerThousand: 0, peak: 1.2)),
        Scenario(
            name: "outage of 1 min", keys: [key(truth(3000, nil))], rows: 60_000, seeds: 10, slots: 600,
            faults: .init(outage: 300...360), bars: .init(refusalsPerThousand: 0, peak: 1.2)),
        Scenario(
            name: "outage of 1 h", keys: [key(truth(3000, nil))], rows: 60_000, seeds: 10, slots: 600,
            faults: .init(outage: 300...3900), bars: .init(refusalsPerThousand: 0, peak: 1.2)),
        Scenario(
            name: "64 keys, 5xx", keys: (0..<64).map { _ in key(truth(1200, 8e5)) }, rows: 600_000, seeds: 4,
            slots: 8000, faults: .init(serverErrors: 0.02), bars: .init(refusalsPerThousand: 0)),
    ]
}
