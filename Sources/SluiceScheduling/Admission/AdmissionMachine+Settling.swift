import SluiceCore

extension AdmissionMachine {
    mutating func settle(
        _ grant: Grant, _ settlement: Settlement, cost: Money, now: Instant, into actions: inout [Action]
    ) {
        let index = quotaIndex(grant.account, grant.model)
        let isLost = openCircuits > 0 && !endpoints[accounts[grant.account].endpoint].circuit.isClosed
        quotas[index].land(grant, settlement, isLost: isLost, now: now)
        accounts[grant.account].credentials[grant.credential.credential].inFlight -= 1
        noteReply(grant, settlement, now: now, into: &actions)
        if quotas[index].leases != nil { correctDay(grant, settlement, cost: cost) }
        // What was reserved stays charged only when the request was, or may have been, executed.
        switch settlement {
        case .answered(let used):
            retries.deposit()
            if used != .zero { hasAnswered = true }
            if let used {
                quotas[index].tokens.settle(reserved: grant.tokens, used: used, sentAt: grant.sentAt, now: now)
            }
            quotas[index].answer(grant, now: now)
        case .failed, .overloaded, .abandoned: break
        default: quotas[index].tokens.giveBack(grant.tokens, sentAt: grant.sentAt, now: now)
        }
        switch settlement {
        case .answered, .failed, .misdirected: break
        case .overloaded(_, let wait):
            let isLost = openCircuits > 0 && !endpoints[accounts[grant.account].endpoint].circuit.isClosed
            quotas[index].overload(grant, wait: wait, isLost: isLost, now: now)
        case .abandoned: withdraw(grant, now: now)
        case .throttled(let hint): throttle(grant, hint: hint, now: now, into: &actions)
        case .parked(let until, let reason):
            guard until > quotas[index].parking?.until ?? now else { break }
            quotas[index].parking = Quota.Parking(until: until, reason: reason)
            actions.append(.notice(.parked(account: accounts[grant.account].name, until: until, reason: reason)))
        case .retired(let reason): retire(grant.credential, reason: reason, now: now, into: &actions)
        case .barred(let reason): bar(grant.credential, model: grant.model, reason: reason, now: now, into: &actions)
        case .unreachable: giveBack(grant, now: now)
        case .returned:
            withdraw(grant, now: now)
            giveBack(grant, now: now)
        }
        router.update(index, &quotas[index])
    }

    /// Takes over the limits that a reply told.
    mutating func learn(_ told: ToldLimits, from grant: Grant, now: Instant, into actions: inout [Action]) {
        let index = quotaIndex(grant.account, grant.model)
        guard quotas[index].learn(told, now: now) else { return router.update(index, &quotas[index]) }
        router.learn(index, quotas[index])
        // What waits may be larger than the limit that was unknown when it came.
        refuseLost(now: now, into: &actions)
    }

    private mutating func throttle(_ grant: Grant, hint: TimeSpan?, now: Instant, into actions: inout [Action]) {
        let index = quotaIndex(grant.account, grant.model)
        accounts[grant.account].credentials[grant.credential.credential].throttled += 1
        if let wait = quotas[index].refuse(grant, hint: hint, now: now, using: &random) {
            actions.append(
                .notice(.throttled(account: accounts[grant.account].name, wait: wait, hinted: hint != nil)))
        }
    }

    /// What a reply of any kind says about the endpoint.
    private mutating func noteReply(
        _ grant: Grant, _ settlement: Settlement, now: Instant, into actions: inout [Action]
    ) {
        switch settlement {
        case .returned, .abandoned: return
        case .unreachable(let reason): return noteTrouble(grant, .unreachable(reason), now: now, into: &actions)
        case .failed(let reason): noteTrouble(grant, .failing(reason), now: now, into: &actions)
        case .overloaded(let reason, _):
            noteTrouble(grant, .failing(reason), isOfServer: true, now: now, into: &actions)
        case .misdirected(let reason, let hint):
            noteTrouble(grant, .misdirected(reason, hint: hint), now: now, into: &actions)
        default: noteAnswer(grant, now: now, into: &actions)
        }
        quotas[quotaIndex(grant.account, grant.model)].learned.noteSign(roundTrip: nil)
    }

    private mutating func giveBack(_ grant: Grant, now: Instant) {
        quotas[quotaIndex(grant.account, grant.model)].giveBack(sentAt: grant.sentAt, now: now)
        accounts[grant.account].credentials[grant.credential.credential].granted -= 1
        total?.giveBack()
    }

    private mutating func retire(
        _ credential: CredentialIndex, reason: String, now: Instant, into actions: inout [Action]
    ) {
        guard accounts[credential.account].credentials[credential.credential].isLive else { return }
        accounts[credential.account].credentials[credential.credential].retired = reason
        noteLoss(credential.account)
        let left = accounts.reduce(0) { $0 + $1.credentials.count(where: \.isLive) }
        actions.append(
            .notice(
                .retired(
                    account: accounts[credential.account].name,
                    credential: accounts[credential.account].credentials[credential.credential].label,
                    reason: reason, left: left)))
        refuseLost(now: now, into: &actions)
    }

    private mutating func bar(
        _ credential: CredentialIndex, model: ModelIndex, reason: String, now: Instant,
        into actions: inout [Action]
    ) {
        guard accounts[credential.account].credentials[credential.credential].serves(model) else { return }
        accounts[credential.account].credentials[credential.credential].bar(model, reason: reason)
        noteLoss(credential.account)
        actions.append(
            .notice(
                .barred(
                    account: accounts[credential.account].name,
                    credential: accounts[credential.account].credentials[credential.credential].label, model: model,
                    reason: reason)))
        refuseLost(now: now, into: &actions)
    }

    private mutating func noteLoss(_ account: Int) {
        for model in line.queues.indices {
            if !accounts[account].serves(model) { quotas[quotaIndex(account, model)].isServed = false }
            cut(account, model)
        }
    }
}
