import SluiceCore

/// Credentials that come and go while requests wait and are in flight.
extension AdmissionMachine {
    /// What the credentials of an account are from now on.
    package struct AccountKeys: Sendable {
        /// The account with a label for each credential that it has ever had; only the labels of a known one count.
        package var account: AdmissionPolicy.Account
        /// Whether each of its credentials may be used.
        package var isLive: [Bool]

        /// The credentials of an account.
        package init(_ account: AdmissionPolicy.Account, isLive: [Bool]) {
            self.account = account
            self.isLive = isLive
        }
    }

    /// Takes over the credentials: retired ones that are named get one new chance, others are retired.
    mutating func rekey(_ all: [AccountKeys], now: Instant, into actions: inout [Action]) {
        for (index, keys) in all.enumerated() {
            if index == accounts.count { add(keys.account) }
            for (place, isLive) in keys.isLive.enumerated() {
                if place == accounts[index].credentials.count {
                    accounts[index].credentials.append(Credential(label: keys.account.credentials[place]))
                }
                if isLive {
                    accounts[index].credentials[place].revive(label: keys.account.credentials[place])
                } else if accounts[index].credentials[place].isLive {
                    accounts[index].credentials[place].retired = "not in the configuration any more"
                }
            }
            for model in line.queues.indices {
                quotas[quotaIndex(index, model)].isServed =
                    policy.accounts[index].has(model) && accounts[index].serves(model)
                cut(index, model)
            }
        }
        refuseLost(now: now, into: &actions)
    }

    private mutating func add(_ account: AdmissionPolicy.Account) {
        policy.accounts.append(account)
        join(account)
        for model in line.queues.indices {
            quotas.insert(Self.quota(of: account, for: model, policy), at: quotaIndex(accounts.count - 1, model))
        }
        router.addAccount(quotas)
    }

    /// Why requests wait for other credentials; nil if none does.
    package var missingKeys: [String]? {
        guard policy.awaitsKeys != nil else { return nil }
        let model = line.queues.indices.first { line.queues[$0].count > 0 && !isServed($0) }
        return model.map { reasons(for: $0) }
    }
}
