package import SluiceCore

/// Tokens per minute, paid for before the send: a bucket that starts nearly empty and holds little.
///
/// It grows for a request that is larger than what it normally holds, so that every request up to the limit of a
/// minute becomes possible. A provider that can ever admit such a request has a bucket at least as large, hence
/// what was saved for it never exceeds the provider's.
package struct TokenBucket: Sendable {
    /// The limit, in tokens per minute.
    package let perMinute: Double
    private let perNanosecond: Double
    private let capacity: Double
    private var saved: Double
    private var level: Double
    private var updated: Instant?

    /// A bucket that is refilled by `perMinute` and normally holds what flows in during `burst`.
    package init(perMinute: Double, burst: TimeSpan = .milliseconds(200)) {
        self.perMinute = max(1, perMinute)
        perNanosecond = self.perMinute / 60e9
        capacity = perNanosecond * Double(burst.nanoseconds)
        saved = 0
        level = capacity
    }

    /// Whether a request of so many tokens can ever pass.
    package func fits(_ tokens: Int) -> Bool { Double(tokens) <= perMinute }

    /// When a request of so many tokens may go; never for one that does not fit.
    package func due(_ tokens: Int, now: Instant) -> Instant {
        guard fits(tokens) else { return .never }
        let missing = Double(tokens) - current(now)
        return missing <= 0 ? now : now + TimeSpan(nanoseconds: Int64((missing / perNanosecond).rounded(.up)))
    }

    /// Lets the bucket grow until a request of so many tokens is possible.
    package mutating func save(for tokens: Int, now: Instant) {
        refill(now)
        if fits(tokens) { saved = max(saved, Double(tokens)) }
    }

    /// Reserves the tokens of a request that goes now.
    package mutating func take(_ tokens: Int, now: Instant) {
        refill(now)
        level -= Double(tokens)
        saved = 0
    }

    /// Replaces the reservation of a request by what it really cost; the rest comes back or is charged in addition.
    package mutating func settle(reserved: Int, used: Int, now: Instant) {
        refill(now)
        let settled = level + Double(reserved) - Double(used)
        level = settled < level ? settled : max(level, min(limit, settled))
    }

    /// Forgets what was saved, after a refusal that the bucket did not predict.
    package mutating func empty(now: Instant) {
        refill(now)
        level = min(level, 0)
    }

    private var limit: Double { max(capacity, saved) }

    private func current(_ now: Instant) -> Double {
        guard let updated else { return level }
        return max(level, min(limit, level + Double((now - updated).nanoseconds) * perNanosecond))
    }

    private mutating func refill(_ now: Instant) {
        level = current(now)
        updated = max(updated ?? now, now)
    }
}
