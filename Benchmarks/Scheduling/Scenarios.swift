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
            slots: 800, bars: .init(use: 0.97, refusalsPerThousand: 0)),
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
            name: "8 keys, one dies", keys: (0..<8).map { index in
                var key = key(truth(600, 4e5))
                if index == 3 { key.dies = 300 }
                return key
            }, rows: 220_000, seeds: 6, slots: 2000, bars: .init(use: 0.98, refusalsPerThousand: 0)),
        Scenario(
            name: "64 unequal keys", keys: (0..<64).map { key(truth(600 * Double(1 + $0 % 4), 4e5 * Double(1 + $0 % 4))) },
            rows: 1_300_000, seeds: 4, slots: 10_000, bars: .init(use: 0.98, refusalsPerThousand: 0)),
        Scenario(
            name: "pooled keys, unknown", keys: (0..<4).map { index in
                Scenario.Key(truth: truth(3000, nil), told: Limits(), counter: 0)
            }, rows: 90_000, seeds: 6, slots: 400, bars: .init()),
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
            name: "halved in mid-run", keys: [key(truth(6000, nil))], rows: 120_000, seeds: 10, slots: 1200,
            faults: .init(change: (300, 0.5)), bars: .init(use: 0.95, refusalsPerThousand: 20)),
    ]

    /// Faults beside limits.
    private static let faulty: [Scenario] = [
        Scenario(
            name: "5xx and stalls", keys: [key(truth(6000, nil))], rows: 360_000, seeds: 10, slots: 2000,
            faults: .init(serverErrors: 0.03, stalls: 0.002), bars: .init(refusalsPerThousand: 0)),
        Scenario(
            name: "outage of 1 min", keys: [key(truth(3000, nil))], rows: 60_000, seeds: 10, slots: 600,
            faults: .init(outage: 300...360), bars: .init(refusalsPerThousand: 0)),
        Scenario(
            name: "outage of 1 h", keys: [key(truth(3000, nil))], rows: 60_000, seeds: 10, slots: 600,
            faults: .init(outage: 300...3900), bars: .init(refusalsPerThousand: 0)),
        Scenario(
            name: "64 keys, 5xx", keys: (0..<64).map { _ in key(truth(1200, 8e5)) }, rows: 600_000, seeds: 4,
            slots: 8000, faults: .init(serverErrors: 0.02), bars: .init(refusalsPerThousand: 0)),
    ]
}
