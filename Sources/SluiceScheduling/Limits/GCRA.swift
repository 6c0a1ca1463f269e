package import SluiceCore

/// An even pace of requests, which starts empty: the first goes at once, the second one interval later.
///
/// The generic cell rate algorithm in its virtual-scheduling form (ITU-T I.371, annex A). Unused time is worth at most
/// the tolerance: a client that comes late may catch up by so much, never more.
package struct GCRA: Sendable {
    private let tolerance: TimeSpan
    private let fullInterval: Double
    /// The time between two requests, in nanoseconds; rounded up, so that the limit is never exceeded by rounding.
    private var interval: Int64
    /// When the next request would be exactly on time, plus the tolerance that has not been earned yet.
    private var arrival: Instant?

    /// A pace of so many requests per minute; below one per day counts as one per day.
    package init(perMinute: Double, tolerance: TimeSpan = .milliseconds(150)) {
        self.tolerance = tolerance
        fullInterval = 60e9 / max(1.0 / 1440, perMinute)
        interval = max(1, Int64(fullInterval.rounded(.up)))
    }

    /// The pace kept at present, in requests per minute.
    package var perMinute: Double { 60e9 / Double(interval) }

    /// When the next request may go; the distant past before the first one.
    package var due: Instant {
        arrival.map { $0 - tolerance } ?? Instant(nanoseconds: .min)
    }

    /// Counts a request that goes now.
    package mutating func take(now: Instant) {
        arrival = max(arrival ?? now + tolerance, now) + TimeSpan(nanoseconds: interval)
    }

    /// Takes back a request that did not go after all.
    package mutating func giveBack() {
        arrival = arrival.map { $0 - TimeSpan(nanoseconds: interval) }
    }

    /// Forgets what was earned: after a rest, the next request may go at `now` and the others follow evenly.
    package mutating func restart(now: Instant) {
        guard let arrival else { return }
        self.arrival = max(arrival, now + tolerance)
    }

    /// Slows down to a fraction of the full pace, 0 excluded to 1.
    package mutating func slow(to fraction: Double) {
        interval = max(1, Int64((fullInterval / max(1e-6, min(1, fraction))).rounded(.up)))
    }
}
