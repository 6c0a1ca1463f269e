/// Bars that are missed today, with the worst figure of any seed: what is worse fails, what is better is said.
enum KnownMisses {
    /// The figure of a scenario that misses its bar.
    static func figure(_ scenario: String, _ measure: Measure) -> Double? { all[scenario]?[measure] }

    private static let all: [String: [Measure: Double]] = [
        "fixed minute, tokens": [.use: 0.988],
        // One request at a time is saved for, with one key; the next 16 are soon large ones, which let nobody pass.
        "giants, 8 keys": [.use: 0.394, .leastKeyUse: 0.36, .wait: 4.5, .turn: 2.91],
        // Several learn what only one sees, and forget it again.
        "pooled keys, known": [.lateRefusals: 85],
        "pooled keys, unknown": [.lateRefusals: 111],
        // How many a server bears at once is tried again and again.
        "8 at once, unknown": [.lateRefusals: 11.6],
        "64 at once, unknown": [.lateRefusals: 3.1, .makespan: 1.061],
        "rate and 1 % chance": [.lateRefusals: 6.3],
        // What is tried in the search for a concurrency is far from the best for a few seconds.
        "auto, 4": [.swing: 0.66],
        "auto, 16 halved": [.swing: 0.61],
        "auto, 64 halved": [.swing: 0.51],
        "auto, 256 halved": [.swing: 0.58],
        "auto, batching": [.swing: 0.29],
    ]
}
