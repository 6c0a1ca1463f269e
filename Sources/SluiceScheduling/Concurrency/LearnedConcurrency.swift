package import SluiceCore

/// Learns how many requests an account bears at once, if that is what it refuses for.
///
/// The first episode of refusals makes it hold below the load at which it began; from there it tries more, twice as
/// many with each success, later and later after each failure. What is refused above the load that is proven costs
/// nothing but itself. A refusal at or below it speaks against the supposition; after two such episodes it is given up.
package struct LearnedConcurrency: Sendable {
    private static let firstPause = TimeSpan.milliseconds(250)
    private static let longestPause = TimeSpan.seconds(60)
    private static let leastPatience = TimeSpan.milliseconds(50)
    /// The most requests in flight at present; `Int.max` if nothing is supposed.
    package private(set) var limit = Int.max
    /// The load that has been borne.
    private var proven = Int.max
    private var step = 1
    /// Since when as many as the limit have been in flight; nil while nothing is tried, or not yet.
    private var reached: Instant?
    /// How long after a send a refusal would have come.
    private var patience = LearnedConcurrency.leastPatience
    private var pause = LearnedConcurrency.firstPause
    private var nextTry = Instant.never
    private var contradictions = 0

    /// Nothing supposed yet.
    package init() {}

    /// Whether a refusal at this load is what the limit predicts; then it is taken note of.
    package mutating func explains(load: Int, now: Instant) -> Bool {
        guard limit < .max, load > proven else { return false }
        if limit >= load {
            // Those that went before it were not refused.
            limit = load - 1
            step = 1
            reached = limit > proven ? now : nil
            pause = min(Self.longestPause, TimeSpan(nanoseconds: pause.nanoseconds * 2))
            nextTry = now + pause
        }
        return true
    }

    /// Takes note of an episode of refusals whose least load was this, and which came so long after their sends.
    package mutating func suppose(load: Int, delay: TimeSpan, now: Instant) {
        if proven < .max, load <= proven { contradictions += 1 }
        guard load > 1, contradictions < 2 else { return forget() }
        proven = load - 1
        limit = proven
        step = 1
        reached = nil
        patience = max(Self.leastPatience, TimeSpan(nanoseconds: 4 * delay.nanoseconds))
        pause = Self.firstPause
        nextTry = now + pause
    }

    /// Takes note of another refusal of the same episode, which may have met a lower load than the first to come back.
    package mutating func refine(load: Int) {
        guard proven < .max, load > 1, load <= proven else { return }
        proven = load - 1
        limit = proven
        reached = nil
    }

    /// Takes note that so many are in flight; tries more when it is time and the limit is what holds back.
    package mutating func take(inFlight: Int, now: Instant) {
        guard inFlight >= limit else { return }
        if limit > proven {
            guard let reached else { return self.reached = now }
            guard now >= reached + patience else { return }
            proven = limit
            if now >= nextTry { pause = Self.firstPause }
            self.reached = nil
        }
        guard now >= nextTry else { return }
        limit = proven + step
        step = min(step * 2, 1 << 16)
    }

    /// Supposes nothing any more.
    private mutating func forget() {
        (limit, proven, nextTry) = (.max, .max, .never)
    }
}
