package import SluiceCore

/// The rest that an account takes after a refusal for its rate.
///
/// It is what the reply asked for, a quarter of a second at least. Without a hint it is half a second, doubling to a minute while no answer
/// comes between the refusals, jittered between one half and the whole.
package struct ThrottleRest: Sendable {
    private static let backoff = Backoff()
    /// A hint of milliseconds says when one more request fits; going on then would be refused again at the second,
    /// and so short an episode teaches nothing of the rate.
    private static let least = TimeSpan.milliseconds(250)
    /// When the rest ends; the distant past if there is none.
    package private(set) var until = Instant(nanoseconds: .min)
    /// When the first refusal of the present episode came; what was sent before belongs to the same episode.
    private var episode = Instant(nanoseconds: .min)
    private var unhinted = 0

    /// No rest yet.
    package init() {}

    /// Takes a refusal of a request that was sent at `sentAt`; returns the rest if it opens an episode, nil if it
    /// belongs to the present one.
    package mutating func refuse(sentAt: Instant, hint: TimeSpan?, now: Instant, using random: inout SplitMix64)
        -> TimeSpan?
    {
        let isNew = !covers(sentAt: sentAt)
        if let hint, hint > .zero {
            until = max(until, now + max(hint, Self.least))
        } else if isNew {
            unhinted += 1
            let whole = Self.backoff.ceiling(attempt: unhinted).seconds
            until = max(until, now + .seconds(whole * (1 + random.unit()) / 2))
        }
        guard isNew else { return nil }
        episode = now
        return until - now
    }

    /// Rests until then, whatever it is for.
    package mutating func hold(until moment: Instant) { until = max(until, moment) }

    /// Whether a request that was sent at `sentAt` belongs to the last episode.
    package func covers(sentAt: Instant) -> Bool { sentAt <= episode }

    /// Takes an answer to a request that was sent at `sentAt`: after the refusal, it ends the doubling.
    package mutating func answer(sentAt: Instant) {
        if !covers(sentAt: sentAt) { unhinted = 0 }
    }
}
