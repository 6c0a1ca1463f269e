import SluiceCore

extension Scenarios {
    /// Several keys.
    static let several: [Scenario] = [
        Scenario(
            name: "8 unequal keys",
            keys: [(500, 2e5), (500, 2e5), (500, 2e5), (500, 2e5), (3000, 1e6), (3000, 1e6), (5000, 2e6), (5000, 2e6)]
                .map { key(truth($0.0, $0.1)) }, rows: 260_000, seeds: 6, slots: 3000,
            bars: [.leastKeyUse: 0.98]),
        Scenario(
            name: "8 keys, one dies",
            keys: (0..<8).map { index in
                var key = key(truth(600, 4e5))
                if index == 3 { key.dies = 300 }
                return key
            }, rows: 220_000, seeds: 4, slots: 2000,
            bars: [.makespan: 1.02, .leastKeyUse: 0.98, .loss: 0.01]),
        Scenario(
            name: "giants, 8 keys", keys: (0..<8).map { _ in key(truth(600, 4e5)) }, rows: 60_000, seeds: 2,
            slots: 2000,
            mix: Mix(giants: 0.005), bars: [.use: 0.99, .leastKeyUse: 0.98]),
        Scenario(
            name: "64 unequal keys", keys: (0..<64).map { key(size($0)) }, rows: 1_300_000, seeds: 2,
            slots: 10_000, bars: [.leastKeyUse: 0.98]),
        Scenario(
            name: "64 keys, one dies",
            keys: (0..<64).map { index in
                var key = key(size(index))
                if index == 7 { key.dies = 120 }
                return key
            }, rows: 900_000, seeds: 2, slots: 10_000, bars: [.leastKeyUse: 0.98, .loss: 0.01]),
        Scenario(
            name: "pooled keys, known",
            keys: (0..<4).map { _ in
                Scenario.Key(truth: truth(3000, nil), told: truth(3000, nil).told, counter: 0)
            }, rows: 90_000, seeds: 4, slots: 400, bars: [.use: 0.97, .lateRefusals: 1]),
        Scenario(
            name: "pooled keys, unknown",
            keys: (0..<4).map { _ in Scenario.Key(truth: truth(3000, nil), counter: 0) }, rows: 90_000, seeds: 4,
            slots: 400, bars: [.use: 0.97, .lateRefusals: 1]),
    ]

    /// One of many keys, of four sizes.
    private static func size(_ index: Int) -> Truth {
        truth(600 * Double(1 + index % 4), 4e5 * Double(1 + index % 4))
    }
}
