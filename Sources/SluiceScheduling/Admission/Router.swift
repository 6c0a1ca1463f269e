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
    /// Requests in flight.
    private var load: [Int]
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
        load = quotas.map(\.inFlight)
        lastUse = Array(repeating: 0, count: accounts)
        hasTokens = quotas.contains { $0.weighs }
        safeTokens = quotas.reduce(.infinity) { min($0, $1.safeTokens) }
        safeMoney = quotas.reduce(.most) { min($0, $1.leases?.mostMoney ?? .most) }
    }

    /// Takes note that a quota changed.
    mutating func update(_ index: Int, _ quota: inout Quota) {
        due[index] = quota.due()
        load[index] = quota.inFlight
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
        load.append(quota.inFlight)
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
    mutating func use(_ index: Int, _ quota: inout Quota, account: Int, serial: UInt64) {
        update(index, &quota)
        lastUse[account] = serial
    }

    /// The earliest moment at which anything may go for a model, whatever its tokens.
    func earliest(_ model: ModelIndex) -> Instant {
        var earliest = Instant.never
        for index in (model * accounts)..<((model + 1) * accounts) where due[index] < earliest { earliest = due[index] }
        return earliest
    }

    /// The account by which a request may go first, the least busy of several that may go now.
    ///
    /// By what is in flight, so that one which hangs or is slow does not gather all that may be.
    /// - Parameters:
    ///   - some: The accounts to choose from; nil for all.
    ///   - reserved: The account where tokens are saved for it.
    ///   - hasOthers: Whether the account of the credential to be avoided has another one.
    func route(
        _ request: Waiting, among some: [Int]?, reserved: Int?, quotas: inout [Quota], hasOthers: Bool,
        now: Instant
    ) -> Route {
        let avoided = hasOthers ? nil : request.avoiding?.account
        var other = Route(account: 0, due: .never)
        if let some {
            for account in some where account != avoided {
                choose(account, for: request, over: &other, reserved: reserved, quotas: &quotas, now: now)
            }
            return other
        }
        for account in 0..<accounts where account != avoided {
            choose(account, for: request, over: &other, reserved: reserved, quotas: &quotas, now: now)
        }
        guard let avoided, avoided < accounts else { return other }
        let index = request.model * accounts + avoided
        let same = due(index, request, isHead: reserved == avoided, quotas: &quotas, now: now)
        return other.due > max(same, now) + Self.detour ? Route(account: avoided, due: same) : other
    }

    /// Takes an account in the place of the best one so far if a request may go by it sooner, or it is less busy.
    @inline(__always)
    private func choose(
        _ account: Int, for request: Waiting, over best: inout Route, reserved: Int?, quotas: inout [Quota],
        now: Instant
    ) {
        let index = request.model * accounts + account
        guard due[index] < best.due || due[index] <= now else { return }
        let moment = max(due(index, request, isHead: reserved == account, quotas: &quotas, now: now), now)
        guard moment >= best.due else {
            best = Route(account: account, due: moment)
            return
        }
        guard moment == now, best.due == now else { return }
        let former = request.model * accounts + best.account
        guard (load[index], lastUse[account]) < (load[former], lastUse[best.account]) else { return }
        best = Route(account: account, due: moment)
    }

    private func due(_ index: Int, _ request: Waiting, isHead: Bool, quotas: inout [Quota], now: Instant) -> Instant {
        guard hasTokens, quotas[index].weighs else { return due[index] }
        return max(due[index], quotas[index].weightDue(request.demand, isHead: isHead, now: now))
    }
}
