import SluiceCore

/// What has been used of one limit, in whatever way it is enforced.
///
/// Moments must not run backwards. Amounts are requests or tokens.
protocol RateWindow: Sendable {
    /// How long `amount` has to wait, to the nanosecond, if nothing else is taken; zero if it fits now.
    ///
    /// `now` may lie in the future of what was taken.
    func wait(for amount: Double, now: Instant) -> TimeSpan

    /// Takes `amount` out, and returns a receipt for ``settle(_:by:now:)``.
    mutating func take(_ amount: Double, now: Instant) -> Int

    /// Corrects an earlier take, by a receipt, by so many units more or, if negative, less.
    mutating func settle(_ receipt: Int, by change: Double, now: Instant)

    /// How many whole units are left.
    func remaining(now: Instant) -> Int

    /// How long until nothing is missing any more.
    func untilFull(now: Instant) -> TimeSpan

    /// Lets `factor` times as much through as at the start, from now on.
    mutating func scale(to factor: Double, now: Instant)
}

extension WindowModel {
    /// The state of a limit of so many units per so many seconds of which nothing is used yet.
    func window(limit: Double, per period: Double, start: Instant) -> any RateWindow {
        switch self {
        case .bucket(let depth):
            TokenBucket(perSecond: limit / period, depth: depth, smallest: 1)
        case .fixed:
            // Less than one per period is one per longer period.
            FixedWindow(
                share: max(limit, 1), length: .seconds(period * max(1, 1 / limit)), start: start, carriesOver: false)
        case .sliding:
            SlidingLog(limit: max(limit, 1), period: .seconds(period * max(1, 1 / limit)))
        case .quanta(let length):
            FixedWindow(share: limit * length.seconds / period, length: length, start: start, carriesOver: true)
        }
    }
}
