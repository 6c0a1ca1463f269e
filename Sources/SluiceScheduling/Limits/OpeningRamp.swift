package import SluiceCore

/// The opening of a run when no limit is known: 4, 8, 16 … requests per step, spread evenly inside each.
///
/// The allowance is cumulative, 4·(2^k − 1) + 4·2^k·f after k steps and a fraction f: who comes late catches up.
package struct OpeningRamp: Sendable {
    /// How long a step lasts when the endpoint is near.
    package static let shortestStep = TimeSpan.milliseconds(10)
    /// How many requests go before the first sign of the endpoint, as long as patience lasts.
    package static let unansweredRequests = 16

    private let patience: TimeSpan
    private var step = OpeningRamp.shortestStep
    private var inStep = 0
    private var stepSize = 4
    private var count = 0
    private var started: Instant?
    private var scheduled = Instant(nanoseconds: .min)
    private var hasSign = false
    /// The shortest time to a connection so far.
    private var least = TimeSpan(nanoseconds: .max)

    /// A ramp that waits so long for a first sign of the endpoint before it goes on without.
    package init(patience: TimeSpan = .zero) {
        self.patience = patience
    }

    /// When the next request may go; the distant past before the first one.
    package var due: Instant {
        guard let started, !hasSign, count >= Self.unansweredRequests else { return scheduled }
        return max(scheduled, started + patience)
    }

    /// Counts a request that goes now.
    package mutating func take(now: Instant) {
        if started == nil {
            started = now
            scheduled = now
        }
        count += 1
        scheduled = scheduled + TimeSpan(nanoseconds: step.nanoseconds / Int64(stepSize))
        inStep += 1
        guard inStep == stepSize else { return }
        inStep = 0
        stepSize = min(stepSize * 2, 1 << 20)
    }

    /// Takes note that the endpoint lives and, if known, how long a connection takes.
    ///
    /// The first refusals come a connection and a round trip after the first sends: a step lasts as long. The
    /// shortest time counts, as the others also hold what connections wait for each other.
    package mutating func noteSign(roundTrip: TimeSpan?) {
        hasSign = true
        guard let roundTrip, roundTrip < least else { return }
        least = roundTrip
        step = max(Self.shortestStep, TimeSpan(nanoseconds: 2 * roundTrip.nanoseconds))
    }
}
