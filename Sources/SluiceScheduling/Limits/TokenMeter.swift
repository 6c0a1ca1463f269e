import SluiceCore

/// The limits of a quota on tokens: together, of prompts, of answers, and of a day.
struct TokenMeter: Sendable {
    /// What the provider counts at first.
    let charge: TokenCharge
    /// Whether there is a limit at all.
    private(set) var isLimited: Bool
    private var total: TokenBucket?
    private var input: TokenBucket?
    private var output: TokenBucket?
    private var day: DayCounter?
    /// What the user says, and what the provider tells.
    private let given: (total: Double, input: Double, output: Double)
    private var told = (total: ToldRate(), input: ToldRate(), output: ToldRate())
    /// For providers that do not refill all the time.
    private var windows: TokenWindows
    private let hasWindows: Bool

    /// The meter of these limits.
    init(_ limits: Limits, dayEnds: Instant) {
        charge = limits.charge
        total = limits.tokensPerMinute.map { TokenBucket(perMinute: $0) }
        input = limits.inputTokensPerMinute.map { TokenBucket(perMinute: $0) }
        output = limits.outputTokensPerMinute.map { TokenBucket(perMinute: $0) }
        given = (
            limits.tokensPerMinute ?? .infinity, limits.inputTokensPerMinute ?? .infinity,
            limits.outputTokensPerMinute ?? .infinity
        )
        if limits.day != .rolling { day = limits.tokensPerDay.map { DayCounter(limit: $0, ends: dayEnds) } }
        windows = TokenWindows(limits)
        hasWindows = !windows.isEmpty
        isLimited = total != nil || input != nil || output != nil || limits.tokensPerDay != nil
    }

    /// The most tokens that a request may have, whatever their kind, so that it surely fits.
    var safeTokens: Double {
        let perMinute = [total, input, output].reduce(.infinity) { min($0, $1?.perMinute ?? .infinity) }
        return min(perMinute, day?.limit ?? windows.day ?? .infinity)
    }

    /// The limit that a request can never meet, if there is one.
    func obstacle(_ count: TokenUse) -> (needs: Int, limit: Int)? {
        for (bucket, amount) in [(total, count.total), (input, count.input), (output, count.output)] {
            if let bucket, !bucket.fits(amount) { return (amount, Int(bucket.perMinute)) }
        }
        guard let most = day?.limit ?? windows.day, Double(count.total) > most else { return nil }
        return (count.total, Int(most))
    }

    /// Whether others may pass a request while tokens are saved for it.
    func isLarge(_ count: TokenUse) -> Bool {
        total?.isLarge(count.total) ?? false || input?.isLarge(count.input) ?? false
            || output?.isLarge(count.output) ?? false
    }

    /// When a request may go; `isHead` says that tokens are saved for it.
    ///
    /// It changes nothing; it is mutating so that it is called in place, where a copy would cost more than the answer.
    mutating func due(_ count: TokenUse, isHead: Bool, now: Instant) -> Instant {
        var due = Instant(nanoseconds: .min)
        if let total { due = total.due(count.total, isHead: isHead, now: now) }
        if let input { due = max(due, input.due(count.input, isHead: isHead, now: now)) }
        if let output { due = max(due, output.due(count.output, isHead: isHead, now: now)) }
        if let day { due = max(due, day.due(Double(count.total))) }
        return hasWindows ? max(due, windows.due(count, now: now)) : due
    }

    /// Whether the day's tokens are what a request waits for.
    func isSpent(_ count: TokenUse, now: Instant) -> Bool {
        day.map { $0.due(Double(count.total)) > now } ?? false
    }

    /// Holds no more than what the provider tells; returns whether a limit changed.
    mutating func hear(_ kind: TokenKind, _ perMinute: Double, remaining: Double?, now: Instant) -> Bool {
        isLimited = true
        switch kind {
        case .total: return Self.hear(perMinute, &told.total, &total, given.total, remaining, now)
        case .input: return Self.hear(perMinute, &told.input, &input, given.input, remaining, now)
        case .output: return Self.hear(perMinute, &told.output, &output, given.output, remaining, now)
        }
    }

    private static func hear(
        _ perMinute: Double, _ told: inout ToldRate, _ bucket: inout TokenBucket?, _ given: Double,
        _ remaining: Double?, _ now: Instant
    ) -> Bool {
        let former = min(given, told.limit)
        let limit = told.read(perMinute) ? min(given, told.limit) : former
        if bucket == nil {
            bucket = TokenBucket(perMinute: limit)
        } else if limit != former {
            bucket?.change(to: limit, now: now)
        } else if let remaining {
            bucket?.lower(to: remaining, now: now)
        }
        return limit != former
    }

    /// Takes note of what a request of the usual size takes.
    mutating func expect(_ count: TokenUse, now: Instant) {
        total?.expect(count.total, now: now)
        input?.expect(count.input, now: now)
        output?.expect(count.output, now: now)
    }

    /// Begins to save for a request.
    mutating func save(for count: TokenUse, now: Instant) {
        total?.save(for: count.total, now: now)
        input?.save(for: count.input, now: now)
        output?.save(for: count.output, now: now)
    }

    /// Gives up saving.
    mutating func release(now: Instant) {
        total?.release(now: now)
        input?.release(now: now)
        output?.release(now: now)
    }

    /// Reserves the tokens of a request that goes now.
    mutating func take(_ count: TokenUse, isHead: Bool, now: Instant) {
        total?.take(count.total, isHead: isHead, now: now)
        input?.take(count.input, isHead: isHead, now: now)
        output?.take(count.output, isHead: isHead, now: now)
        day?.take(Double(count.total), now: now)
        if hasWindows { windows.take(count, now: now) }
    }

    /// Replaces the reservation of a request that was answered by what it used, as far as the provider does.
    mutating func settle(reserved: TokenUse, used: TokenUse, sentAt: Instant, now: Instant) {
        if charge != .estimated { replace(reserved, by: used, now: now) }
        day?.take(Double(used.total - reserved.total), now: now)
        if hasWindows { windows.settle(reserved: reserved, used: used, sentAt: sentAt, now: now) }
    }

    /// Takes back the reservation of a request that was not executed.
    mutating func giveBack(_ reserved: TokenUse, sentAt: Instant, now: Instant) {
        replace(reserved, by: .zero, now: now)
        day?.take(-Double(reserved.total), now: now)
        if hasWindows { windows.giveBack(reserved, sentAt: sentAt) }
    }

    /// Forgets what was saved, after a refusal that was not foreseen.
    mutating func empty(now: Instant) {
        total?.empty(now: now)
        input?.empty(now: now)
        output?.empty(now: now)
    }

    /// Is refilled at a fraction of the limits.
    mutating func slow(to fraction: Double, now: Instant) {
        total?.slow(to: fraction, now: now)
        input?.slow(to: fraction, now: now)
        output?.slow(to: fraction, now: now)
    }

    private mutating func replace(_ reserved: TokenUse, by used: TokenUse, now: Instant) {
        total?.settle(reserved: reserved.total, used: used.total, now: now)
        input?.settle(reserved: reserved.input, used: used.input, now: now)
        output?.settle(reserved: reserved.output, used: used.output, now: now)
    }
}
