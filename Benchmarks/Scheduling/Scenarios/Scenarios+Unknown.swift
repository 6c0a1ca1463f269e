import SluiceCore

extension Scenarios {
    /// Limits that nobody told, or that change.
    static let unknown: [Scenario] = [
        Scenario(
            name: "unknown, 6,000 rpm", keys: [Scenario.Key(truth: truth(6000, nil))], rows: 360_000, seeds: 7,
            slots: 1200, bars: [.use: 0.97, .lateRefusals: 1]),
        Scenario(
            name: "unknown, no hint", keys: [Scenario.Key(truth: truth(1200, nil))], rows: 72_000, seeds: 12,
            slots: 300, faults: .init(saysRetryAfter: false), bars: [.use: 0.97, .lateRefusals: 1]),
        Scenario(
            name: "unknown, wrong hint", keys: [Scenario.Key(truth: truth(6000, nil))], rows: 180_000, seeds: 6,
            slots: 1200, faults: .init(retryAfterFactor: 0.1), bars: [.use: 0.97, .lateRefusals: 1]),
        Scenario(
            name: "unknown, tenfold hint", keys: [Scenario.Key(truth: truth(6000, nil))], rows: 180_000, seeds: 4,
            slots: 1200, faults: .init(retryAfterFactor: 10), bars: [.use: 0.97, .lateRefusals: 1]),
        Scenario(
            name: "told, wrong clock", keys: [Scenario.Key(truth: told)], rows: 180_000, seeds: 4, slots: 1200,
            faults: .init(skew: 30), bars: [.use: 0.97, .lateRefusals: 1]),
        Scenario(
            name: "8 at once, unknown", keys: [Scenario.Key(truth: truth(nil, nil, concurrency: 8))], rows: 3000,
            seeds: 6, slots: 64, bars: [.makespan: 1.03, .lateRefusals: 1]),
        Scenario(
            name: "64 at once, unknown", keys: [Scenario.Key(truth: truth(nil, nil, concurrency: 64))], rows: 20_000,
            seeds: 6, slots: 400, bars: [.makespan: 1.03, .lateRefusals: 1]),
        Scenario(
            name: "1 % chance refusals", keys: [Scenario.Key()], rows: 60_000, seeds: 6, slots: 400,
            faults: .init(strays: 0.01), bars: [.makespan: 1.05]),
        Scenario(
            name: "rate and 1 % chance", keys: [Scenario.Key(truth: truth(6000, nil))], rows: 120_000, seeds: 6,
            slots: 1200, faults: .init(strays: 0.01), bars: [.use: 0.97, .lateRefusals: 1]),
        Scenario(
            name: "halved in mid-run", keys: [key(truth(6000, nil))], rows: 120_000, seeds: 8, slots: 1200,
            faults: .init(change: (300, 0.5)), bars: [.use: 0.97, .refusals: 20, .recovery: 60]),
    ]

    /// A bucket of a minute.
    private static let told: Truth = {
        var minute = truth(6000, nil)
        minute.requestDepth = 60
        return minute
    }()
}
