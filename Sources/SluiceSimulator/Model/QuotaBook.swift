import SluiceCore

/// Which quota a request is charged to: that of its key's account, of its model if that has limits of its own.
struct QuotaBook: Sendable {
    private struct Column: Hashable {
        let account: Int
        let model: String
    }

    private let options: SimulatorOptions
    private let start: Instant
    private var accountOfKey: [String: Int] = [:]
    private var limitsOfAccount: [SimulatorOptions.AccountLimits] = []
    private var quotaOfAccount: [Int?] = []
    private var quotaOfModel: [Column: Int] = [:]
    /// All quotas so far, by place.
    private(set) var quotas: [Quota] = []
    /// What has been made of the limits since the start, also of those that nobody has met yet.
    private var factor = 1.0

    init(_ options: SimulatorOptions, start: Instant) {
        self.options = options
        self.start = start
        for account in options.accounts {
            for key in account.keys { accountOfKey[key] = limitsOfAccount.count }
            limitsOfAccount.append(account.limits ?? options.limits)
            quotaOfAccount.append(nil)
        }
    }

    /// The place of the quota of a key and a model; a key that belongs to no account is one by itself.
    mutating func place(key: String, model: String, now: Instant) -> Int {
        let account = account(of: key)
        guard let limits = options.modelLimits[model] else {
            if let place = quotaOfAccount[account] { return place }
            let place = open(limitsOfAccount[account], now: now)
            quotaOfAccount[account] = place
            return place
        }
        let column = Column(account: account, model: model)
        if let place = quotaOfModel[column] { return place }
        let place = open(limits, now: now)
        quotaOfModel[column] = place
        return place
    }

    /// Takes a request out of a quota.
    mutating func take(_ hold: inout Hold, now: Instant) { quotas[hold.quota].take(&hold, now: now) }

    /// Ends a request.
    mutating func finish(_ hold: Hold, now: Instant) { quotas[hold.quota].finish(hold, now: now) }

    /// Makes all limits so many times what they were, but never less than a millionth or more than a million times what
    /// they were at the start.
    mutating func scale(by factor: Double, now: Instant) {
        self.factor = min(max(self.factor * factor, 1e-6), 1e6)
        for place in quotas.indices { quotas[place].scale(to: self.factor, now: now) }
    }

    private mutating func account(of key: String) -> Int {
        if let account = accountOfKey[key] { return account }
        accountOfKey[key] = limitsOfAccount.count
        limitsOfAccount.append(options.limits)
        quotaOfAccount.append(nil)
        return limitsOfAccount.count - 1
    }

    private mutating func open(_ limits: SimulatorOptions.AccountLimits, now: Instant) -> Int {
        var quota = Quota(limits, charging: options.charging, start: start)
        if factor != 1 { quota.scale(to: factor, now: now) }
        quotas.append(quota)
        return quotas.count - 1
    }
}
