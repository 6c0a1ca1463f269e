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
    }

    /// What the result is held to; nil for no bar.
    struct Bars: Sendable {
        var use: Double?
        var makespan: Double?
        var refusalsPerThousand: Double?
        /// Refusals per thousand after the first minute.
        var lateRefusals: Double?
        /// The most sends in a second after an outage, as a multiple of what the limits allow.
        var peak: Double?
    }

    var name: String
    var keys: [Key]
    var rows: Int
    var seeds: Int
    var slots: Int
    var mix = Mix()
    var faults = Faults()
    var bars = Bars()
}
