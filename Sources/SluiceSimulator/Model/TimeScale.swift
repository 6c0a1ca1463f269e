import SluiceCore

/// The provider's time and the caller's: the first passes `speed` times as fast, from a common start.
struct TimeScale: Sendable {
    let start: Instant
    let speed: Double

    /// The provider's moment at a moment of the caller.
    func inside(_ moment: Instant) -> Instant {
        speed == 1 ? moment : start + TimeSpan(nanoseconds: Self.whole(Double((moment - start).nanoseconds) * speed))
    }

    /// The first moment of the caller at which the provider has come to a moment of its own.
    func outside(_ moment: Instant) -> Instant { speed == 1 ? moment : start + outside(moment - start) }

    /// How long the caller waits while so much time passes for the provider, rounded up.
    func outside(_ span: TimeSpan) -> TimeSpan {
        guard speed != 1 else { return span }
        return TimeSpan(nanoseconds: Self.whole((Double(span.nanoseconds) / speed).rounded(.up)))
    }

    /// A number as nanoseconds, as far as they reach.
    private static func whole(_ nanoseconds: Double) -> Int64 { Int64(max(-9e18, min(9e18, nanoseconds))) }
}
