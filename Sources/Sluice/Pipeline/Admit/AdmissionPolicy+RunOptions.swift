internal import SluiceCore
internal import SluiceScheduling

extension AdmissionPolicy {
    /// The policy of a run.
    init(_ options: RunOptions, slots: Int, models: inout ModelNames, seed: UInt64, now: Now) {
        let aliases = Set(options.accounts.flatMap(\.aliases.keys)).sorted()
        var accounts: [Account] = []
        for account in options.accounts {
            accounts.append(Account(account, aliases: aliases, models: &models, now: now))
        }
        self.init(
            accounts: accounts, concurrency: slots, requestsPerMinute: options.totalRequestsPerMinute,
            waitReady: options.waitReady, openingPatience: .milliseconds(400), seed: seed)
        retryShare = options.retryShare
        fallbacks = Fallbacks(options.asking).all.map { $0.models.map { models.add($0) } }
        fallbackPatience = RunOptions.dayPatience
        if options.accountSource != nil, options.waitsForKeys {
            awaitsKeys = Set(options.asking.namedModels.map { models.add($0) })
        }
        dayPatience = options.waitsForDays ? nil : RunOptions.dayPatience
    }
}

extension AdmissionPolicy.Account {
    /// The policy of an account.
    /// - Parameter aliases: The names by which accounts of the run know models.
    init(_ account: Sluice.Account, aliases: [String], models: inout ModelNames, now: Now) {
        self.init(
            name: account.name, limits: account.limits,
            credentials: account.keys.indices.map { account.keys.count == 1 ? "" : "key \($0 + 1)" })
        endpoint = "\(account.base)"
        for (model, limits) in account.modelLimits.sorted(by: { $0.key < $1.key }) {
            modelLimits[models.add(model)] = limits
        }
        self.models = account.models.map { names in Set(names.map { models.add($0) }) }
        for alias in aliases {
            let index = models.add(alias)
            if account.serves(alias, isRenamed: true) {
                self.models?.insert(index)
                modelLimits[index] = account.limits(for: alias)
            } else {
                lacks.insert(index)
            }
        }
        sharesDays = account.hasDayLimits
        let left = DayEnd.next(after: now.wall, account.limits.day)
        dayEnds = now.mono + TimeSpan(nanoseconds: left.nanoseconds - now.wall.nanoseconds)
    }
}
