package import SluiceCore

/// An even pace of requests whose rate grows in steps, by a factor, for as long as the pace is what holds them back.
package struct Pace: Sendable {
    /// How far a late client may catch up.
    package static let tolerance = TimeSpan.milliseconds(20)
    /// After so many requests without a refusal the growth doubles, but not within 10 s, and within 5 min.
    private static let calm = 4000.0
    /// The growth per second, at least, and the requests of a doubling once the limit has been left behind.
    private static let haste = (growth: 0.002, calm: 100.0)
    /// The growth per second of a trial, which doubles the rate within five.
    private static let trialGrowth = 0.15
    private static let slowest = 1.0 / 86_400
    /// The rate at present, in requests per second.
    package private(set) var rate: Double
    /// The rate is never above this, in requests per second.
    private var ceiling: Double
    private var growth: Double
    private let step: TimeSpan
    private var scheduled: Instant
    private var nextStep: Instant
    private var nextHaste = Instant.never
    /// Where the limit is, and how many requests more than it allows would surely be refused there.
    private var limit = Double.infinity
    private var room = 0.0
    private var isHasty = false
    /// When the pace is tried far above itself; never if it is not.
    private var nextTrial = Instant.never
    /// Whether it is.
    package private(set) var isTrial = false

    /// A pace that begins at `now` with `rate` and is multiplied by `growth` after each step; below one per day counts
    /// as one per day.
    package init(rate: Double, growth: Double, step: TimeSpan, ceiling: Double, now: Instant) {
        self.rate = max(Self.slowest, min(rate, ceiling))
        self.ceiling = ceiling
        self.growth = growth
        self.step = step
        scheduled = now
        nextStep = now + step
        nextHaste = now + respite
    }

    /// Tries far higher rates once it has gone well for so long: the limit that it keeps may have been a passing one.
    package mutating func tryHigher(after span: TimeSpan, now: Instant) { nextTrial = now + span }

    /// How long it goes well before the growth doubles.
    private var respite: TimeSpan { .seconds(min(300, max(10, (isHasty ? Self.haste.calm : Self.calm) / rate))) }

    /// When the next request may go.
    package var due: Instant { scheduled }

    /// Counts a request that goes now.
    package mutating func take(now: Instant) {
        let earliest = now - Self.tolerance
        if scheduled < earliest {
            // Something else held the requests back, so a higher pace would prove nothing.
            nextStep = earliest + step
            nextHaste = nextHaste + (earliest - scheduled)
            if nextTrial < .never { nextTrial = nextTrial + (earliest - scheduled) }
            scheduled = earliest
        }
        var part = 1.0
        while rate < ceiling {
            let inStep = (nextStep - scheduled).seconds * rate
            guard inStep < part else { break }
            part -= max(0, inStep)
            scheduled = max(scheduled, nextStep)
            nextStep = nextStep + step
            leaveBehind()
            rate = min(ceiling, rate * growth)
            if scheduled >= nextTrial {
                growth = max(growth, 1 + Self.trialGrowth * step.seconds)
                nextTrial = .never
                isTrial = true
            }
            if scheduled >= nextHaste {
                // What has gone well for so long is probably not the limit any more.
                growth = min(2, 1 + (growth - 1) * 2)
                nextHaste = nextHaste + respite
            }
        }
        scheduled = scheduled + .seconds(part / rate)
    }

    /// Expects a refusal before it is so many requests ahead of a limit, in requests per second.
    ///
    /// If none comes the limit is not there any more, and the pace grows in haste.
    package mutating func expectRefusal(above rate: Double, within room: Double) { (limit, self.room) = (rate, room) }

    private mutating func leaveBehind() {
        guard rate > limit else { return }
        room -= (rate - limit) * step.seconds
        guard room <= 0 else { return }
        limit = .infinity
        growth = max(growth, 1 + Self.haste.growth * step.seconds)
        isHasty = true
        nextHaste = min(nextHaste, scheduled + respite)
    }

    /// Begins again at `now` with the present rate.
    package mutating func restart(now: Instant) {
        scheduled = max(scheduled, now)
        nextStep = now + step
        nextHaste = now + respite
    }

    /// Is never above a limit from now on, in requests per second.
    package mutating func bound(by limit: Double) {
        ceiling = limit
        rate = max(Self.slowest, min(rate, ceiling))
    }

    /// Takes back a request that did not go after all.
    package mutating func giveBack() {
        scheduled = scheduled - .seconds(1 / rate)
    }
}
