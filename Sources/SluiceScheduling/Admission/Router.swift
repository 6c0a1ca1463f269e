import SluiceCore

/// Finds the account that may send first for a model; keeps what it needs for that side by side in memory.
///
/// Quotas are numbered model by model: model · accounts + account.
struct Router: Sendable {
    /// Where a request goes, and when.
    struct Route {
        let account: Int
        let due: Instant
    }

    /// How much longer a retry waits to get away from the credential that failed it.
    private static let detour = TimeSpan.seconds(1)
    private let accounts: Int
    private var due: [Instant]
    private var lastUse: [UInt64]
    /// Whether any quota limits tokens.
    private(set) var hasTokens: Bool
    /// So many tokens surely fit into every limit, whatever their kind.
    private(set) var safeTokens: Double
    /// So much money surely fits into every limit.
    private(set) var safeMoney: Money

    init(_ quotas: [Quota], accounts: Int) {
        self.accounts = accounts
        due = quotas.map {
            var quota = $0
            return quota.due()
        }
        lastUse = Array(repeating: 0, count: accounts)
        hasTokens = quotas.contains { $0.weighs }
        safeTokens = quotas.reduce(.infinity) { min($0, $1.safeTokens) }
        safeMoney = quotas.reduce(.most) { min($0, $1.leases?.mostMoney ?? .most) }
    }

    /// Takes note that a quota changed.
    mutating func update(_ index: Int, due moment: Instant) {
        due[index] = moment
    }

    /// Takes note that a quota has other limits than before.
    mutating func learn(_ index: Int, _ quota: Quota) {
        var quota = quota
        due[index] = quota.due()
        if quota.weighs { hasTokens = true }
        // It never rises again: then requests are only looked at more closely.
        safeTokens = min(safeTokens, quota.safeTokens)
    }

    /// Takes note that a quota was added.
    mutating func add(_ quota: Quota) {
        var quota = quota
        due.append(quota.due())
        if quota.weighs { hasTokens = true }
        safeTokens = min(safeTokens, quota.safeTokens)
        safeMoney = min(safeMoney, quota.leases?.mostMoney ?? .most)
    }

    /// Takes note that there is an account more; the quotas are those of all.
    mutating func addAccount(_ quotas: [Quota]) {
        let former = lastUse
        self = Router(quotas, accounts: accounts + 1)
        lastUse = former + [0]
    }

    /// Takes note that a quota was used.
    mutating func use(_ index: Int, account: Int, due moment: Instant, serial: UInt64) {
        due[index] = moment
        lastUse[account] = serial
    }

    /// The earliest moment at which anything may go for a model, whatever its tokens.
    func earliest(_ model: ModelIndex) -> Instant {
        var earliest = Instant.never
        for index in (model * accounts)..<((model + 1) * accounts) where due[index] < earliest { earliest = due[index] }
        return earliest
    }

    /// The account by which a request may go first, the least recently used of several that may go now.
    ///
    /// `reserved` is the account where tokens are saved for it; `hasOthers` tells whether the account of the
    /// credential to be avoided has another one.
    func route(
        _ request: Waiting, reserved: Int?, quotas: inout [Quota], hasOthers: Bool, now: Instant
    ) -> Route {
        guard let avoided = request.avoiding?.account, avoided < accounts, !hasOthers else {
            return route(request, reserved: reserved, quotas: &quotas, skipping: nil, now: now)
        }
        let other = route(request, reserved: reserved, quotas: &quotas, skipping: avoided, now: now)
        let index = request.model * accounts + avoided
        let same = due(index, request, isHead: reserved == avoided, quotas: &quotas, now: now)
        return other.due > max(same, now) + Self.detour ? Route(account: avoided, due: same) : other
    }

    private func route(
        _ request: Waiting, reserved: Int?, quotas: inout [Quota], skipping skipped: Int?, now: Instant
    ) -> Route {
        var best = Instant.never
        var use = UInt64.max
        var found = 0
        let base = request.model * accounts
        for account in 0..<accounts where due[base + account] < best || due[base + account] <= now {
            if account == skipped { continue }
            let moment = max(
                due(base + account, request, isHead: reserved == account, quotas: &quotas, now: now), now)
            guard moment < best || (moment == now && lastUse[account] < use) else { continue }
            best = moment
            use = lastUse[account]
            found = account
        }
        return Route(account: found, due: best)
    }

    /// The one of some accounts by which a request may go first, the least recently used of several that may go now.
    func route(_ request: Waiting, among some: [Int], quotas: inout [Quota], now: Instant) -> Route {
        var best = Route(account: 0, due: .never)
        for account in some where account != request.avoiding?.account {
            let index = request.model * accounts + account
            let moment = max(due(index, request, isHead: false, quotas: &quotas, now: now), now)
            guard moment < best.due || (moment == now && lastUse[account] < lastUse[best.account]) else { continue }
            best = Route(account: account, due: moment)
        }
        return best
    }

    private func due(_ index: Int, _ request: Waiting, isHead: Bool, quotas: inout [Quota], now: Instant) -> Instant {
        guard hasTokens, quotas[index].weighs else { return due[index] }
        return max(due[index], quotas[index].weightDue(request.demand, isHead: isHead, now: now))
    }
}
