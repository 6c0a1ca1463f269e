package import SluiceCore

/// Tokens per minute, paid for before the send: a bucket that starts nearly empty and holds little.
///
/// It holds what flows in during the burst, or four requests of the usual size. For one that is larger, tokens are
/// saved. Normally the bucket grows and everybody else waits. For a large one (more than four usual ones and more than
/// a second's worth) half of what flows in is set apart until there is enough, and the others live on the other half;
/// so it waits twice its own refill time at most, and its turn costs no throughput.
/// A provider that can ever admit such a request has a bucket at least as large, hence what was saved for it never
/// exceeds the provider's.
package struct TokenBucket: Sendable {
    /// The limit, in tokens per minute.
    package private(set) var perMinute: Double
    private var full: Double
    private var perNanosecond: Double
    private var capacity: Double
    private let burst: TimeSpan
    /// How much the bucket has grown for the request whose turn is next.
    private var grown = 0.0
    /// What a request of the usual size takes.
    private var usual = 0.0
    /// What is to be set apart for a large request; 0 if there is none.
    private var wanted = 0.0
    /// What has been set apart so far.
    private var saved = 0.0
    private var level: Double
    private var updated: Instant?

    /// A bucket that is refilled by `perMinute` and normally holds what flows in during `burst`.
    package init(perMinute: Double, burst: TimeSpan = .milliseconds(200)) {
        self.perMinute = max(1, perMinute)
        full = self.perMinute / 60e9
        perNanosecond = full
        self.burst = burst
        capacity = full * Double(burst.nanoseconds)
        level = capacity
    }

    /// Whether a request of so many tokens can ever pass.
    package func fits(_ tokens: Int) -> Bool { Double(tokens) <= perMinute }

    /// Whether others may pass while a request of so many tokens is saved for.
    package func isLarge(_ tokens: Int) -> Bool { Double(tokens) > max(full * 1e9, 4 * usual) }

    /// When a request of so many tokens may go, as far as can be told; never for one that does not fit.
    ///
    /// `isHead` says that it is the one that is saved for.
    package func due(_ tokens: Int, isHead: Bool = false, now: Instant) -> Instant {
        guard fits(tokens) else { return .never }
        // The level never falls by itself.
        if level >= Double(tokens) { return now }
        let (level, saved) = current(now)
        var missing = Double(tokens) - level
        if isHead { missing -= saved }
        guard missing > 0 else { return now }
        var wait = missing / perNanosecond
        if !isHead, saved < wanted {
            // At half the speed until enough is set apart.
            wait += min(missing, wanted - saved) / perNanosecond
        }
        return now + TimeSpan(nanoseconds: Int64(min(wait, 9e18).rounded(.up)))
    }

    /// Takes note of what a request of the usual size takes.
    package mutating func expect(_ tokens: Int, now: Instant) {
        refill(now)
        usual = Double(tokens)
    }

    /// Begins to save for a request of so many tokens.
    package mutating func save(for tokens: Int, now: Instant) {
        guard fits(tokens) else { return }
        refill(now)
        if isLarge(tokens) { wanted = Double(tokens) } else { grown = max(grown, Double(tokens)) }
    }

    /// Gives up saving; what was set apart flows back as far as there is room.
    package mutating func release(now: Instant) {
        refill(now)
        level = max(level, min(limit, level + saved))
        saved = 0
        wanted = 0
    }

    /// Reserves the tokens of a request that goes now.
    package mutating func take(_ tokens: Int, isHead: Bool = false, now: Instant) {
        refill(now)
        if isHead {
            level += saved
            saved = 0
            wanted = 0
        }
        level -= Double(tokens)
        grown = 0
    }

    /// Replaces the reservation of a request by what it really cost; the rest comes back or is charged in addition.
    package mutating func settle(reserved: Int, used: Int, now: Instant) {
        refill(now)
        add(Double(reserved) - Double(used))
    }

    /// Forgets what was saved, after a refusal that the bucket did not predict.
    package mutating func empty(now: Instant) {
        refill(now)
        level = min(level, 0)
        saved = 0
    }

    /// Holds no more than the provider says it has left.
    package mutating func lower(to remaining: Double, now: Instant) {
        refill(now)
        saved = min(saved, max(0, remaining))
        level = min(level, remaining - saved)
    }

    /// Has another limit from now on, in tokens per minute; what it owes and what was saved stays.
    package mutating func change(to perMinute: Double, now: Instant) {
        refill(now)
        let fraction = perNanosecond / full
        self.perMinute = max(1, perMinute)
        full = self.perMinute / 60e9
        perNanosecond = full * fraction
        capacity = full * Double(burst.nanoseconds)
        level = min(level, limit)
        wanted = min(wanted, self.perMinute)
    }

    /// Is refilled at a fraction of the limit, 0 excluded to 1.
    package mutating func slow(to fraction: Double, now: Instant) {
        refill(now)
        perNanosecond = full * max(1e-6, min(1, fraction))
    }

    private var limit: Double { max(capacity, grown, min(4 * usual, perMinute / 4)) }

    private mutating func add(_ amount: Double) {
        let sum = level + amount
        guard sum > level else { return level = sum }
        let kept = max(level, min(limit, sum))
        if saved < wanted { saved = min(wanted, saved + sum - kept) }
        level = kept
    }

    private func current(_ now: Instant) -> (level: Double, saved: Double) {
        guard let updated, now > updated else { return (level, saved) }
        let inflow = Double((now - updated).nanoseconds) * perNanosecond
        let apart = saved < wanted ? min(wanted - saved, inflow / 2) : 0
        let sum = level + inflow - apart
        let kept = max(level, min(limit, sum))
        // What runs over is not lost while something is saved for.
        return (kept, saved < wanted ? min(wanted, saved + apart + sum - kept) : saved)
    }

    private mutating func refill(_ now: Instant) {
        (level, saved) = current(now)
        updated = max(updated ?? now, now)
    }
}
