import SluiceCore

/// A bucket that fills at a steady rate and from which each request takes.
///
/// It is kept as what was missing at a moment; nothing is missing more than `capacity`, unless a single request was
/// larger than that.
struct TokenBucket: RateWindow {
    /// Units that flow in per second.
    private(set) var rate: Double
    /// Units in a full bucket.
    private(set) var capacity: Double
    private let rateAtStart: Double
    private let depth: TimeSpan
    private let smallest: Double
    private var missing = 0.0
    private var asOf = Instant(nanoseconds: 0)

    /// What counts as nothing, since sums of fractions are inexact: about a billionth of a request.
    private var tolerance: Double { 1e-9 + capacity * 1e-12 }

    /// A full bucket that holds what flows in within `depth`, but at least `smallest` units.
    init(perSecond rate: Double, depth: TimeSpan, smallest: Double) {
        self.rate = rate
        rateAtStart = rate
        self.depth = depth
        self.smallest = smallest
        capacity = max(rate * depth.seconds, smallest)
    }

    /// An amount larger than the bucket fits when the bucket is full, and is paid off afterwards.
    func wait(for amount: Double, now: Instant) -> TimeSpan {
        let excess = missing(now: now) + min(amount, capacity) - capacity
        guard excess > tolerance else { return .zero }
        return TimeSpan(nanoseconds: Int64(min(9e18, ((excess - tolerance) * 1e9 / rate).rounded(.up))))
    }

    mutating func take(_ amount: Double, now: Instant) -> Int {
        missing = missing(now: now) + amount
        asOf = now
        return 0
    }

    mutating func settle(_ receipt: Int, by change: Double, now: Instant) {
        missing = max(0, missing(now: now) + change)
        asOf = now
    }

    /// None while a debt is paid off.
    func remaining(now: Instant) -> Int {
        max(0, Int(saturating: capacity - missing(now: now) + tolerance))
    }

    func untilFull(now: Instant) -> TimeSpan { .seconds(missing(now: now) / rate) }

    mutating func scale(to factor: Double, now: Instant) {
        missing = missing(now: now)
        asOf = now
        rate = rateAtStart * factor
        // What was in the bucket stays, as far as it fits.
        let left = max(0, capacity - missing)
        let debt = max(0, missing - capacity)
        capacity = max(rate * depth.seconds, smallest)
        missing = debt > 0 ? capacity + debt : capacity - min(left, capacity)
    }

    private func missing(now: Instant) -> Double {
        max(0, missing - rate * (now - asOf).seconds)
    }
}
