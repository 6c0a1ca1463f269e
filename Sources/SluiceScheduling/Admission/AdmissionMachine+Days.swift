import SluiceCore

/// Limits per day, which are counted outside.
extension AdmissionMachine {
    /// What is left of the parts of days that were counted for this run, to be given back at its end; also what is
    /// missing, as negative amounts.
    package func dayBalances() -> [DayReservation] {
        var balances: [DayReservation] = []
        for model in line.queues.indices {
            for account in accounts.indices {
                for lease in quotas[quotaIndex(account, model)].leases?.all ?? [] where lease.balance != 0 {
                    balances.append(
                        DayReservation(
                            account: account, model: model, kind: lease.kind, amount: lease.balance,
                            period: lease.period, expires: lease.expires))
                }
            }
        }
        return balances
    }

    /// Takes over a part of a day.
    mutating func take(_ reservation: DayReservation, now: Instant) {
        guard accounts.indices.contains(reservation.account), line.queues.indices.contains(reservation.model) else {
            return
        }
        let index = quotaIndex(reservation.account, reservation.model)
        quotas[index].leases?.add(reservation, now: now)
        nextLeaseEnd = min(nextLeaseEnd, reservation.expires, reservation.spentUntil ?? .never)
        router.update(index, &quotas[index])
    }

    /// Forgets parts of days, and waits for days, that are over.
    mutating func expireLeases(now: Instant) {
        nextLeaseEnd = .never
        for index in quotas.indices {
            guard let next = quotas[index].leases?.expire(now: now) else { continue }
            nextLeaseEnd = min(nextLeaseEnd, next)
            router.update(index, &quotas[index])
        }
    }

    /// Asks every account for what a head that cannot go is missing.
    mutating func reserve(for head: Waiting, now: Instant, into actions: inout [Action]) {
        for account in accounts.indices {
            let index = quotaIndex(account, head.model)
            guard quotas[index].leases != nil, quotas[index].isServed else { continue }
            reserve(head.demand, of: index, account: account, head.model, now: now, into: &actions)
        }
    }

    /// Asks for the part of a day that such a request, or the next one, needs.
    mutating func reserve(
        _ demand: TokenDemand, of index: Int, account: Int, _ model: ModelIndex, now: Instant,
        into actions: inout [Action]
    ) {
        let tokens = demand.charged(quotas[index].tokens.charge).total
        for ask in quotas[index].leases?.ask(tokens, demand.ceiling, now: now) ?? [] {
            actions.append(
                .reserve(DayDemand(account: account, model: model, kind: ask.kind, need: ask.need, wanted: ask.wanted)))
        }
    }

    /// Replaces what a request was counted with by what it took.
    mutating func correctDay(_ grant: Grant, _ settlement: Settlement, cost: Money) {
        let index = quotaIndex(grant.account, grant.model)
        let spare = grant.ceiling.picodollars - cost.picodollars
        quotas[index].leases?.correct(.money, by: Double(spare), sentAt: grant.sentAt)
        let tokens: Int
        switch settlement {
        case .answered(let used): tokens = used.map { grant.tokens.total - $0.total } ?? 0
        case .failed, .overloaded, .abandoned: tokens = 0
        default: tokens = grant.tokens.total
        }
        quotas[index].leases?.correct(.tokens, by: Double(tokens), sentAt: grant.sentAt)
    }

    /// Why a head that cannot go before a moment is refused, if it could only wait for another day.
    func dayRefusal(of head: Waiting, due: Instant, now: Instant) -> Refusal? {
        let mayWait = policy.dayPatience == nil
        let patience = policy.dayPatience ?? policy.fallbackPatience
        guard due > now + patience, due < .never, !mayWait || hasFallback(head, now: now) else { return nil }
        var until = Instant.never
        var reasons: [String] = []
        let closed = accountsClosed(to: head)
        for account in accounts.indices where !closed.contains(account) {
            let quota = quotas[quotaIndex(account, head.model)]
            guard quota.isServed else { continue }
            // What is in flight may take less than was kept free for it.
            guard quota.inFlight == 0, let spent = quota.dayEnd(head.demand, now: now), spent.until > now + patience
            else { return nil }
            until = min(until, spent.until)
            reasons.append("\(spent.reason) of \(accounts[account].name)")
        }
        return reasons.isEmpty ? nil : .dayUsedUp(until: until, reasons: reasons, concernsModel: closed.isEmpty)
    }
}
