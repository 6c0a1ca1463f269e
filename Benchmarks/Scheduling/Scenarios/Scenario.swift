import SluiceCore
import SluiceScheduling

/// One line of the committed table: what providers really do, what the client is told, and what is expected.
struct Scenario: Sendable {
    /// One key with an account of its own.
    struct Key: Sendable {
        /// What the provider enforces.
        var truth = Truth()
        /// What the client is told.
        var told = Limits()
        /// Whether the client is told all that is enforced.
        var isTruthful = false
        /// The place of the provider's counter; two keys with the same place share it without anybody knowing.
        var counter: Int?
        /// From then on the key is invalid, in seconds.
        var dies: Double?
    }

    /// What goes wrong.
    struct Faults: Sendable {
        var serverErrors = 0.0
        var stalls = 0.0
        /// The share of requests that is refused by chance, whatever the load.
        var strays = 0.0
        /// Every refusal asks for a wait so many times too long or too short.
        var retryAfterFactor = 1.0
        var saysRetryAfter = true
        /// From then on every limit is multiplied.
        var change: (at: Double, factor: Double)?
        /// When nothing can be reached, in seconds.
        var outage: ClosedRange<Double>?
        /// So many seconds of every five minutes everything is answered with an error.
        var burst = 0.0
        /// Replies tell the limit, what is left, and when it is there again, by a clock that is wrong by so many seconds.
        var skew: Double?
    }

    var name: String
    var keys: [Key]
    var rows: Int
    var seeds: Int
    var slots: Int
    var mix = Mix()
    var faults = Faults()
    /// How long a day is, in seconds, where limits per day are counted; nil where there are none.
    var day: Double?
    /// What the run may spend; nil for any amount.
    var budget: Money?
    /// What the result is held to.
    var bars: [Measure: Double] = [:]

    /// Whether every refusal is a limit that the client knew and exceeded.
    var isTruthful: Bool { keys.allSatisfy(\.isTruthful) && faults.strays == 0 && faults.change == nil }

    /// Whether it is known at any moment what may go: nothing fails but keys.
    var isPlain: Bool {
        isTruthful && faults.serverErrors == 0 && faults.stalls == 0 && faults.outage == nil && faults.burst == 0
            && budget == nil && day == nil
    }

    /// What the result is held to, with what every scenario of its kind is held to.
    var allBars: [Measure: Double] {
        var all = bars
        all[.wait] = 1
        if isPlain { all[.turn] = 1 }
        if isTruthful { all[.refusals] = 0 }
        return all
    }

    /// Whether something goes wrong beside limits.
    var hasFaults: Bool {
        faults.serverErrors + faults.stalls + faults.strays > 0 || faults.retryAfterFactor != 1
            || !faults.saysRetryAfter || faults.change != nil || faults.outage != nil
            || faults.burst > 0 || faults.skew != nil
            || keys.contains { $0.dies != nil }
    }

    /// The line that runs it again with a seed.
    func reproduction(_ seed: UInt64) -> String { "scripts/bench scheduling --scenario '\(name)' --seed \(seed)" }
}
