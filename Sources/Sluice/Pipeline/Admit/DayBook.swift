internal import SluiceCore
internal import SluiceScheduling
internal import SluiceStorage

/// Has the parts of days counted that admission asks for: knows who the accounts are, and when their days end.
final class DayBook: Sendable {
    /// An account as the ledger knows it.
    private struct Entry {
        let keys: [String]
        let account: Account
    }

    /// Of a rolling day, what is sent within such a time counts together, until the last of it is a day old.
    private static let cell: Int64 = 600
    private static let day: Int64 = 86_400

    private let ledger: DayLedger
    private let entries: Guarded<[Entry]>
    private let share: String
    private let now: @Sendable () -> Now
    private let onFailure: @Sendable (SluiceError) -> Void

    /// - Parameter onFailure: Called when nothing can be counted any more.
    init(
        _ options: RunOptions, ledger: DayLedger, now: @escaping @Sendable () -> Now,
        onFailure: @escaping @Sendable (SluiceError) -> Void
    ) {
        self.ledger = ledger
        share = options.share?.name ?? ""
        self.now = now
        self.onFailure = onFailure
        entries = Guarded([])
        update(options.accounts)
    }

    /// Takes over the accounts.
    func update(_ accounts: [Account]) {
        let entries = accounts.map { account in
            let provider = account.base.description
            let keys =
                account.keys.isEmpty
                ? [ledger.name(of: nil, at: provider)] : account.keys.map { ledger.name(of: $0, at: provider) }
            return Entry(keys: keys, account: account)
        }
        self.entries.withLock { $0 = entries }
    }

    private func entry(_ account: Int) -> Entry { entries.withLock { $0[account] } }

    /// Opens the ledger of a run if an account has limits per day; blocks.
    ///
    /// Where the place for all runs cannot be used, the output's own folder is, and then memory.
    static func openLedger(
        _ options: RunOptions, paths: OutputPaths?, now: WallTime, onEvent: (RunEvent) -> Void
    ) throws(SluiceError) -> DayLedger? {
        guard options.accounts.contains(where: \.hasDayLimits) else { return nil }
        if let place = options.dayCounters {
            do throws(SluiceError) {
                let ledger = try DayLedger(place, now: now)
                if let notice = ledger.notice { onEvent(RunEvent(notice)) }
                return ledger
            } catch {
                onEvent(RunEvent("\(error.message): only this output's runs are counted", isError: true))
            }
        }
        let ledger = try DayLedger(paths?.database, now: now)
        if let notice = ledger.notice { onEvent(RunEvent(notice)) }
        return ledger
    }

    /// Has a part counted.
    /// - Parameters:
    ///   - model: The model by the run's name.
    ///   - done: Called once it is on the disk, on another thread.
    func take(_ demand: DayDemand, model: String, done: @escaping @Sendable (DayReservation) -> Void) {
        let limits = entry(demand.account).account.limits(for: model)
        guard let limit = limits.perDay(demand.kind) else {
            return onFailure(SluiceError(.configuration, "'\(model)' has no \(demand.kind.key) per day to count"))
        }
        let now = self.now()
        let day = limits.day
        let until = Self.until(day, now.wall)
        let use = use(
            demand.account, model, demand.kind, limit: limit, need: demand.need, wanted: demand.wanted, now: now.wall,
            until: until)
        ledger.take(use) { [self] result in
            switch result {
            case .failure(let error): onFailure(error)
            case .success(let granted):
                done(reservation(demand, granted, day, until: until))
            }
        }
    }

    private func reservation(
        _ demand: DayDemand, _ granted: DayUse.Granted, _ day: LimitDay, until: WallTime
    ) -> DayReservation {
        let now = self.now()
        func instant(_ wall: WallTime) -> Instant {
            now.mono + TimeSpan(nanoseconds: wall.nanoseconds - now.wall.nanoseconds)
        }
        var expires = until
        if day == .rolling {
            expires = WallTime(nanoseconds: until.nanoseconds - Self.day * 1_000_000_000)
        }
        return DayReservation(
            account: demand.account, model: demand.model, kind: demand.kind, amount: Double(granted.amount),
            period: until.nanoseconds, expires: instant(expires), spentUntil: granted.spentUntil.map(instant))
    }

    /// Waits until everything that was asked for is counted and answered.
    func settle() async throws(SluiceError) { try await ledger.giveBack([]) }

    /// Gives back what was not used, and counts what was used in addition.
    func giveBack(_ balances: [(DayReservation, model: String)]) async throws(SluiceError) {
        let now = self.now().wall
        var amounts: [(amount: Int64, use: DayUse)] = []
        for (balance, model) in balances {
            let limits = entry(balance.account).account.limits(for: model)
            guard let limit = limits.perDay(balance.kind) else { continue }
            let until =
                balance.period == 0 ? Self.until(limits.day, now) : WallTime(nanoseconds: balance.period)
            let use = use(
                balance.account, model, balance.kind, limit: limit, need: 0, wanted: 0, now: now, until: until)
            amounts.append((Self.whole(balance.amount.rounded(.down)), use))
        }
        try await ledger.giveBack(amounts)
    }

    private func use(
        _ account: Int, _ model: String, _ kind: DayKind, limit: Double, need: Double, wanted: Double, now: WallTime,
        until: WallTime
    ) -> DayUse {
        let entry = entry(account)
        return DayUse(
            keys: entry.keys, model: entry.account.name(of: model), kind: kind.key,
            share: share, limit: Self.whole(limit), need: Self.whole(need.rounded(.up)),
            wanted: Self.whole(wanted.rounded(.up)), now: now, until: until)
    }

    /// A whole number; what is beyond 64 bits is as good as no limit.
    private static func whole(_ amount: Double) -> Int64 { Int64(exactly: amount) ?? (amount < 0 ? -.max : .max) }

    /// Until when what is sent now counts.
    private static func until(_ day: LimitDay, _ now: WallTime) -> WallTime {
        guard day == .rolling else { return DayEnd.next(after: now, day) }
        let second = now.nanoseconds / 1_000_000_000
        return WallTime(nanoseconds: ((second / cell + 1) * cell + Self.day) * 1_000_000_000)
    }
}

extension Limits {
    /// The limit per day in a dimension, in its unit.
    fileprivate func perDay(_ kind: DayKind) -> Double? {
        switch kind {
        case .requests: requestsPerDay?.rounded(.down)
        case .tokens: tokensPerDay?.rounded(.down)
        case .money: spendPerDay.map { Double($0.picodollars) }
        }
    }
}

extension DayKind {
    /// The name in the ledger.
    var key: String {
        switch self {
        case .requests: "requests"
        case .tokens: "tokens"
        case .money: "money"
        }
    }
}
