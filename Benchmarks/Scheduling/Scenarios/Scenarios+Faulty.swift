import SluiceCore

extension Scenarios {
    /// What breaks stays charged, and a bucket of a second does not hide it.
    private static let second: Truth = {
        var second = truth(1200, 8e5)
        second.tokenDepth = 1
        return second
    }()

    /// Faults beside limits.
    static let faulty: [Scenario] =
        [
            Scenario(
                name: "5xx and stalls", keys: [key(truth(6000, nil))], rows: 360_000, seeds: 6, slots: 2000,
                faults: .init(serverErrors: 0.03, stalls: 0.002), bars: [.sends: 1.1]),
            Scenario(
                name: "5xx in bursts", keys: [key(truth(6000, nil))], rows: 180_000, seeds: 4, slots: 2000,
                faults: .init(burst: 5), bars: [.sends: 1.1]),
            Scenario(
                name: "64 keys, 5xx", keys: (0..<64).map { _ in key(second) }, rows: 600_000, seeds: 2,
                slots: 8000, faults: .init(serverErrors: 0.02), bars: [.sends: 1.1]),
        ]
        + [("1 s", 301.0), ("1 min", 360), ("10 min", 900), ("1 h", 3900)].map { name, end in
            Scenario(
                name: "outage of \(name)", keys: [key(truth(3000, nil))], rows: 60_000, seeds: 6, slots: 600,
                faults: .init(outage: 300...end), bars: [.makespan: 1.05, .sends: 1.1, .peak: 1.2])
        }
}
