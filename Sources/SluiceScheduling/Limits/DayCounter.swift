package import SluiceCore

/// A quota of a calendar day: all of it at once, or none until the day ends.
package struct DayCounter: Sendable {
    private static let length = TimeSpan.seconds(86400)
    /// The most in a day.
    package let limit: Double
    /// What was used today.
    package private(set) var used: Double
    /// When the day ends.
    package private(set) var ends: Instant

    /// A day of which so much is used.
    package init(limit: Double, used: Double = 0, ends: Instant) {
        self.limit = limit
        self.used = used
        self.ends = ends
    }

    /// When so much more fits: the distant past, or the end of the day; never if it is more than a day's.
    package func due(_ amount: Double) -> Instant {
        guard amount <= limit else { return .never }
        return used + amount <= limit ? Instant(nanoseconds: .min) : ends
    }

    /// Counts what goes now, or takes back with a negative amount.
    package mutating func take(_ amount: Double, now: Instant) {
        advance(now)
        used = max(0, used + amount)
    }

    /// Begins a new day when the old one is over.
    package mutating func advance(_ now: Instant) {
        guard now >= ends else { return }
        used = 0
        while ends <= now { ends = ends + Self.length }
    }
}
