import SluiceCore

/// The part of a day's limit that was set apart for this run, in one dimension.
///
/// The day itself is counted outside, durably and together with other runs on the account. It hands out parts, so that
/// what is sent was counted before, and asking costs a send nothing: with half of a part gone the next is asked for.
/// A part is as large as what goes in a few seconds, since that much stays counted when the process is killed.
struct DayLease: Sendable {
    /// A part that lasted for less is followed by one twice as large, one that lasted for four times as much by half.
    private static let shortest = TimeSpan.seconds(1)
    private static let longest = TimeSpan.seconds(4)
    /// How many requests of the usual size the first part is for.
    private static let first = 8.0

    let kind: DayKind
    /// The most in a day.
    let limit: Double
    /// What is left of the part; negative if requests took more than was kept free for them.
    private(set) var balance = 0.0
    /// When the part is worth nothing any more; never before there is one.
    private(set) var expires = Instant.never
    /// Where the part is counted.
    private(set) var period: Int64 = 0
    private var block = 0.0
    private var began = Instant(nanoseconds: .min)
    private var granted: Instant?
    private(set) var spentUntil: Instant?
    private var isAsked = false
    private var wanted = 0.0

    init(_ kind: DayKind, limit: Double) {
        self.kind = kind
        self.limit = limit
    }

    /// When so much may go: the distant past, the time when more is there, or never as long as that is not known.
    func due(_ amount: Double) -> Instant {
        if balance >= amount { return Instant(nanoseconds: .min) }
        return amount <= limit ? spentUntil ?? .never : .never
    }

    /// Whether so much has to wait for another day.
    func isSpent(_ amount: Double) -> Bool { balance < amount && spentUntil != nil }

    /// The part to ask for, so that so much, or the next request, may go; nil if it is asked for, or if none is needed
    /// or would do.
    mutating func ask(for amount: Double, now: Instant) -> (need: Double, wanted: Double)? {
        guard !isAsked, spentUntil == nil, amount <= limit, balance < max(amount, block / 2) else { return nil }
        if block == 0 { block = amount * Self.first }
        if let granted {
            if now - granted < Self.shortest { block *= 2 } else if now - granted > Self.longest { block /= 2 }
        }
        block = max(block, amount)
        isAsked = true
        let need = max(1, amount - balance)
        wanted = max(need, block - balance)
        return (need, wanted)
    }

    /// Takes a part over.
    mutating func add(_ amount: Double, period: Int64, expires: Instant, spentUntil: Instant?, now: Instant) {
        isAsked = false
        // What is left of a part that is counted elsewhere stays counted there.
        if period != self.period {
            balance = min(0, balance)
            began = now
        }
        self.period = period
        self.expires = expires
        self.spentUntil = spentUntil
        granted = now
        balance += amount
        // What was handed out is all that is to be had at once; asking for more would hoard what is left of the day.
        if amount < wanted { block = min(block, max(1, balance)) }
    }

    /// Forgets a part, or a wait, whose time is over.
    mutating func expire(now: Instant) {
        if let spent = spentUntil, spent <= now { spentUntil = nil }
        guard expires <= now else { return }
        balance = 0
        expires = .never
        began = now
    }

    /// Counts what goes now.
    mutating func take(_ amount: Double) { balance -= amount }

    /// Takes back some of what went at a moment, or with a negative amount counts more.
    mutating func correct(by amount: Double, sentAt: Instant) {
        guard amount < 0 || sentAt >= began else { return }
        balance += amount
    }
}
