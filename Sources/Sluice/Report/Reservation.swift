package import SluiceCore
package import SluiceScheduling

/// What `max_tokens` costs at a provider that reserves it.
public struct Reservation: Sendable, Equatable {
    /// Tokens that a request reserved in the mean, prompt and `max_tokens`.
    public let reserved: Int
    /// The tokens that 999 of 1,000 answers did not exceed.
    public let longest: Int
    /// How many times as fast the run could have been, at most, with that as its `max_tokens`; above 1.
    public let speedup: Double

    /// One line for people.
    public var text: String {
        "a request reserves \(reserved) tokens in the mean, but 99.9% of the answers have at most \(longest): "
            + "with --max-tokens \(longest) this could run up to \(Double(Int(speedup * 10)) / 10) times as fast"
    }

    /// So many answers say what the longest of a thousand is.
    private static let enough = 1000
    private static let worthTelling = 1.1

    /// Finds out whether the reservation held the run back; nil if it did not, or too little is known.
    /// - Parameter lengths: The tokens of the answers so far.
    package init?(
        _ tally: ReservationTally, lengths: QuantileSketch, counts: RunCounts, accounts: [Account], elapsed: TimeSpan
    ) {
        let reserving = accounts.filter { $0.limits.charge != .actual && $0.limits.tokensPerMinute != nil }
        guard reserving.count == accounts.count, tally.isBound, tally.requests > 0,
            lengths.count >= Self.enough, let longest = lengths.quantile(0.999), counts.answered > 0
        else { return nil }
        let reserved = Double(tally.tokens) / Double(tally.requests)
        let needed = Double(counts.usage.input) / Double(counts.answered) + Double(longest)
        // Where reservations are corrected, what was really used bounds the gain too.
        let limit = reserving.reduce(0) { $0 + ($1.limits.tokensPerMinute ?? 0) }
        let used = Double(counts.usage.total) / max(1e-3, elapsed.seconds / 60)
        let speedup = min(reserved / needed, limit / max(1, used))
        guard speedup >= Self.worthTelling else { return nil }
        self.reserved = Int(reserved.rounded())
        self.longest = longest
        self.speedup = speedup
    }
}
