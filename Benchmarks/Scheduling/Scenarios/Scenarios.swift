import SluiceCore

/// The committed table.
enum Scenarios {
    static let all: [Scenario] = known + several + unknown + faulty

    static func key(_ truth: Truth) -> Scenario.Key {
        Scenario.Key(truth: truth, told: truth.told, isTruthful: true)
    }

    static func truth(
        _ rpm: Double?, _ tpm: Double?, _ window: LimitWindow = .bucket, _ charge: TokenCharge = .reserved,
        quantum: Double? = nil, concurrency: Int? = nil
    ) -> Truth {
        var truth = Truth()
        truth.requestsPerMinute = rpm
        truth.tokensPerMinute = tpm
        truth.window = window
        truth.charge = charge
        truth.quantum = quantum
        truth.concurrency = concurrency
        return truth
    }

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
}
