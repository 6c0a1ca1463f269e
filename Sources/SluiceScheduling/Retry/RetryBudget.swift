package import SluiceCore

/// How many requests may be sent again after failures: a token bucket that answers fill.
///
/// Every answer adds a fifth of a token, every second ten, and every retry takes a whole one: so a provider that fails
/// much gets at most a fifth more requests than it answers. These are Finagle's numbers
/// (<https://finagle.github.io/blog/2016/02/08/retry-budgets>). It saves up to 100 retries and is full at the start, as
/// in the AWS SDKs (`aws-smithy-runtime`, `TokenBucket`: 500, 5 for each retry), and it has one token for each request in
/// flight at least, since a server that restarts loses all of them at once. Who finds no token waits; no row fails of it.
///
/// It bounds what a provider costs that fails some requests; ``Circuit`` stops sending to one that fails all.
package struct RetryBudget: Sendable {
    private static let perSecond = 10.0
    private let share: Double
    private let capacity: Double
    private var level: Double
    private var last: Instant?

    /// A full budget.
    /// - Parameters:
    ///   - share: Retries for each answer, 0 and above.
    ///   - concurrency: How many requests are in flight at most.
    package init(share: Double, concurrency: Int) {
        self.share = max(0, share)
        capacity = Double(max(100, concurrency))
        level = capacity
    }

    /// Takes note of an answer.
    package mutating func deposit() { level = min(capacity, level + share) }

    /// Takes a token if there is one.
    package mutating func take(now: Instant) -> Bool {
        level = self.level(now: now)
        last = now
        guard level > 1 - 1e-6 else { return false }
        level -= 1
        return true
    }

    /// When there is a token even if no answer comes.
    package func due(now: Instant) -> Instant {
        let missing = 1 - level(now: now)
        return missing <= 0 ? now : now + .seconds(missing / Self.perSecond)
    }

    private func level(now: Instant) -> Double {
        guard let last else { return level }
        return min(capacity, level + (now - last).seconds * Self.perSecond)
    }
}
