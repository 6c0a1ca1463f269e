import SluiceCore

/// Finds the account that may send first; keeps what it needs for that side by side in memory.
struct Router: Sendable {
    /// Where a request goes, and when.
    struct Route {
        let account: Int
        let due: Instant
    }

    /// How much longer a retry waits to get away from the credential that failed it.
    private static let detour = TimeSpan.seconds(1)
    private var due: [Instant]
    private var lastUse: [UInt64]
    private var hasTokens: Bool
    /// The most tokens that any account that is left allows in a minute; infinite if one has no such limit.
    private(set) var mostTokens = Double.infinity
    /// Whether a credential is left.
    private(set) var isUsable = true

    init(_ accounts: [Account]) {
        due = accounts.map(\.due)
        lastUse = Array(repeating: 0, count: accounts.count)
        hasTokens = accounts.contains { $0.tokens != nil }
        measure(accounts)
    }

    /// Takes note that an account changed.
    mutating func update(_ index: Int, _ account: Account) {
        due[index] = account.due
    }

    /// Takes note that an account was used.
    mutating func use(_ index: Int, _ account: Account, serial: UInt64) {
        due[index] = account.due
        lastUse[index] = serial
    }

    /// Takes note that a credential was retired.
    mutating func measure(_ accounts: [Account]) {
        let live = accounts.filter { !$0.isRetired }
        isUsable = !live.isEmpty
        mostTokens = live.reduce(0) { max($0, $1.tokens?.perMinute ?? .infinity) }
    }

    /// The account by which a request may go first, the least recently used of several that may go now.
    func route(_ request: Waiting, accounts: [Account], now: Instant) -> Route {
        guard let avoided = request.avoiding, accounts.indices.contains(avoided.account),
            accounts[avoided.account].credentials.count(where: \.isLive) < 2
        else { return route(tokens: request.tokens, accounts: accounts, skipping: nil, now: now) }
        let other = route(tokens: request.tokens, accounts: accounts, skipping: avoided.account, now: now)
        let same = due(avoided.account, tokens: request.tokens, accounts: accounts, now: now)
        return other.due > max(same, now) + Self.detour ? Route(account: avoided.account, due: same) : other
    }

    private func route(tokens: Int, accounts: [Account], skipping skipped: Int?, now: Instant) -> Route {
        var best = Instant.never
        var use = UInt64.max
        var account = 0
        for index in due.indices where due[index] < best || due[index] <= now {
            if index == skipped { continue }
            let moment = max(due(index, tokens: tokens, accounts: accounts, now: now), now)
            guard moment < best || (moment == now && lastUse[index] < use) else { continue }
            best = moment
            use = lastUse[index]
            account = index
        }
        return Route(account: account, due: best)
    }

    private func due(_ index: Int, tokens: Int, accounts: [Account], now: Instant) -> Instant {
        guard hasTokens, tokens > 0, let bucket = accounts[index].tokens else { return due[index] }
        return max(due[index], bucket.due(tokens, now: now))
    }
}
