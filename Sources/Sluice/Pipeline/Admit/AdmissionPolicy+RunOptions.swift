internal import SluiceCore
internal import SluiceScheduling

extension AdmissionPolicy {
    /// The policy of a run.
    init(_ options: RunOptions, slots: Int, models: inout ModelNames, seed: UInt64, now: Now) {
        let aliases = Set(options.accounts.flatMap(\.aliases.keys)).sorted()
        var accounts: [Account] = []
        for account in options.accounts {
            var policy = Account(
                name: account.name, limits: account.limits,
                credentials: account.keys.indices.map { account.keys.count == 1 ? "" : "key \($0 + 1)" })
            policy.endpoint = "\(account.base)"
            for (model, limits) in account.modelLimits.sorted(by: { $0.key < $1.key }) {
                policy.modelLimits[models.add(model)] = limits
            }
            policy.models = account.models.map { names in Set(names.map { models.add($0) }) }
            for alias in aliases {
                let index = models.add(alias)
                if account.serves(alias, isRenamed: true) {
                    policy.models?.insert(index)
                    policy.modelLimits[index] = account.limits(for: alias)
                } else {
                    policy.lacks.insert(index)
                }
            }
            policy.sharesDays = account.hasDayLimits
            let left = DayEnd.next(after: now.wall, account.limits.day)
            policy.dayEnds = now.mono + TimeSpan(nanoseconds: left.nanoseconds - now.wall.nanoseconds)
            accounts.append(policy)
        }
        self.init(
            accounts: accounts, concurrency: slots, requestsPerMinute: options.totalRequestsPerMinute,
            waitReady: options.waitReady, openingPatience: .milliseconds(400), seed: seed)
        retryShare = options.retryShare
        fallbacks = Fallbacks(options.asking).all.map { $0.models.map { models.add($0) } }
        fallbackPatience = RunOptions.dayPatience
        dayPatience = options.waitsForDays ? nil : RunOptions.dayPatience
    }
}
