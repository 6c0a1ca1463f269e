import SluiceCore

/// The parts of a day's limits that an account has for a model, in every dimension that is limited.
struct DayLeases: Sendable {
    private(set) var all: [DayLease]

    /// The leases of these limits; nil if nothing is limited by the day.
    init?(_ limits: Limits) {
        all = [
            limits.requestsPerDay.map { DayLease(.requests, limit: $0.rounded(.down)) },
            limits.tokensPerDay.map { DayLease(.tokens, limit: $0.rounded(.down)) },
            limits.spendPerDay.map { DayLease(.money, limit: Double($0.picodollars)) },
        ].compactMap { $0 }
        if all.isEmpty { return nil }
    }

    /// Whether requests differ in what they take.
    var weighs: Bool { all.contains { $0.kind != .requests } }

    /// The most tokens that a request may have.
    var mostTokens: Double { all.first { $0.kind == .tokens }?.limit ?? .infinity }

    /// The most that a request may cost; nil without such a limit.
    var mostMoney: Money? {
        all.first { $0.kind == .money }.map { Money(picodollars: Int64(exactly: $0.limit) ?? .max) }
    }

    /// When the next request may go, whatever it takes.
    var due: Instant {
        all.first { $0.kind == .requests }?.due(1) ?? Instant(nanoseconds: .min)
    }

    /// When a request of so many tokens and so much money may go.
    func due(_ tokens: Int, _ money: Money) -> Instant {
        all.reduce(Instant(nanoseconds: .min)) { max($0, $1.due(Self.amount(tokens, money, $1.kind))) }
    }

    /// What is used up for a request, and until when.
    func spent(_ tokens: Int, _ money: Money) -> (until: Instant, kind: DayKind)? {
        var latest: (until: Instant, kind: DayKind)?
        for lease in all where lease.isSpent(Self.amount(tokens, money, lease.kind)) {
            guard let until = lease.spentUntil, until > latest?.until ?? Instant(nanoseconds: .min) else { continue }
            latest = (until, lease.kind)
        }
        return latest
    }

    /// The parts to ask for so that such a request, or the next one like it, may go.
    mutating func ask(_ tokens: Int, _ money: Money, now: Instant) -> [(kind: DayKind, need: Double, wanted: Double)] {
        var asks: [(kind: DayKind, need: Double, wanted: Double)] = []
        for index in all.indices {
            let amount = Self.amount(tokens, money, all[index].kind)
            guard let ask = all[index].ask(for: amount, now: now) else { continue }
            asks.append((all[index].kind, ask.need, ask.wanted))
        }
        return asks
    }

    /// Takes a part over.
    mutating func add(_ reservation: DayReservation, now: Instant) {
        guard let index = all.firstIndex(where: { $0.kind == reservation.kind }) else { return }
        all[index].add(
            reservation.amount, period: reservation.period, expires: reservation.expires,
            spentUntil: reservation.spentUntil, now: now)
    }

    /// Forgets what is over; returns when that is to be done next.
    mutating func expire(now: Instant) -> Instant {
        var next = Instant.never
        for index in all.indices {
            all[index].expire(now: now)
            next = min(next, all[index].expires, all[index].spentUntil ?? .never)
        }
        return next
    }

    /// Counts a request that goes now.
    mutating func take(_ tokens: Int, _ money: Money) {
        for index in all.indices { all[index].take(Self.amount(tokens, money, all[index].kind)) }
    }

    /// Takes back some of what a request was counted with, in one dimension; a negative amount counts more.
    mutating func correct(_ kind: DayKind, by amount: Double, sentAt: Instant) {
        guard amount != 0, let index = all.firstIndex(where: { $0.kind == kind }) else { return }
        all[index].correct(by: amount, sentAt: sentAt)
    }

    private static func amount(_ tokens: Int, _ money: Money, _ kind: DayKind) -> Double {
        switch kind {
        case .requests: 1
        case .tokens: Double(tokens)
        case .money: Double(money.picodollars)
        }
    }
}
