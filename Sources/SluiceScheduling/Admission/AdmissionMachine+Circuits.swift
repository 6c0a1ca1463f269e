import SluiceCore

/// Endpoints and credentials with which nothing gets through; see ``Circuit``.
///
/// The circuit of an endpoint opens when twenty requests in a row fail, or as many as may be in flight, or one cannot be
/// delivered, that of a credential when ten in a row fail while the endpoint answers others. Both only move the moments
/// at which quotas are due, so what waits finds its way around them, or waits.
extension AdmissionMachine {
    mutating func noteTrouble(
        _ grant: Grant, _ trouble: Circuit.Trouble, isOfServer: Bool = false, now: Instant, into actions: inout [Action]
    ) {
        let endpoint = accounts[grant.account].endpoint
        let most = min(concurrency, quotas[quotaIndex(grant.account, grant.model)].full)
        let isOpening = endpoints[endpoint].circuit.fail(
            grant.id, trouble, isFirst: grant.isFirst, isOfServer: isOfServer, most: most, now: now, using: &random)
        if isOpening {
            openCircuits += 1
            // The only one that is given up at once is what the run ends with.
            if endpoints.count > 1 || endpoints[endpoint].circuit.deadline > now {
                actions.append(.notice(.endpointLost(endpoint: endpoints[endpoint].name, trouble)))
            }
        }
        switch trouble {
        case .failing: noteCredential(grant, trouble, now: now, into: &actions)
        // Which says nothing of the key: if this was its try, another may follow.
        case .unreachable, .misdirected:
            accounts[grant.account].credentials[grant.credential.credential].circuit.withdraw(grant.id, now: now)
        }
        if openCircuits > 0 { cut(endpoint: endpoint) }
    }

    private mutating func noteCredential(
        _ grant: Grant, _ trouble: Circuit.Trouble, now: Instant, into actions: inout [Action]
    ) {
        let (account, key) = (grant.account, grant.credential.credential)
        let mayOpen = answersOthers(
            than: grant.credential, since: accounts[account].credentials[key].circuit.streakBegan)
        guard
            accounts[account].credentials[key].circuit.fail(
                grant.id, trouble, isFirst: grant.isFirst, mayOpen: mayOpen, now: now, using: &random)
        else { return }
        openCircuits += 1
        actions.append(
            .notice(
                .credentialLost(
                    account: accounts[account].name, credential: accounts[account].credentials[key].label, trouble)))
    }

    /// Whether the endpoint of a credential answered another one after a moment.
    private func answersOthers(than credential: CredentialIndex, since moment: Instant) -> Bool {
        endpoints[accounts[credential.account].endpoint].accounts.contains { account in
            accounts[account].credentials.indices.contains { key in
                accounts[account].credentials[key].answered > moment
                    && CredentialIndex(account: account, credential: key) != credential
            }
        }
    }

    /// Takes note of a reply that is no failure.
    mutating func noteAnswer(_ grant: Grant, now: Instant, into actions: inout [Action]) {
        let (account, key) = (grant.account, grant.credential.credential)
        let endpoint = accounts[account].endpoint
        accounts[account].credentials[key].answered = now
        let back = endpoints[endpoint].circuit.answer(grant.id, sentAt: grant.sentAt, now: now)
        let keyBack = accounts[account].credentials[key].circuit.answer(grant.id, sentAt: grant.sentAt, now: now)
        guard back != nil || keyBack != nil else { return }
        if let back {
            openCircuits -= 1
            actions.append(.notice(.endpointBack(endpoint: endpoints[endpoint].name, after: back)))
            total?.restart(now: now)
        }
        if let keyBack {
            openCircuits -= 1
            actions.append(
                .notice(
                    .credentialBack(
                        account: accounts[account].name, credential: accounts[account].credentials[key].label,
                        after: keyBack)))
        }
        for account in back == nil ? [account] : endpoints[endpoint].accounts {
            for model in line.queues.indices {
                let index = quotaIndex(account, model)
                quotas[index].requests.restart(now: now)
                quotas[index].learned.restart(now: now)
            }
        }
        cut(endpoint: endpoint)
    }

    /// Takes note that a request goes where nothing got through; returns whether that is so.
    mutating func probe(_ grant: UInt64, account: Int, credential: Int) -> Bool {
        let endpoint = accounts[account].endpoint
        let isEndpointTried = endpoints[endpoint].circuit.isTried
        let isCredentialTried = accounts[account].credentials[credential].circuit.isTried
        guard isEndpointTried || isCredentialTried else { return false }
        endpoints[endpoint].circuit.probe(grant)
        accounts[account].credentials[credential].circuit.probe(grant)
        cut(endpoint: endpoint)
        return true
    }

    /// Takes note that a request was not sent after all.
    mutating func withdraw(_ grant: Grant, now: Instant) {
        guard grant.isProbe else { return }
        let endpoint = accounts[grant.account].endpoint
        endpoints[endpoint].circuit.withdraw(grant.id, now: now)
        accounts[grant.account].credentials[grant.credential.credential].circuit.withdraw(grant.id, now: now)
        cut(endpoint: endpoint)
    }

    /// Gives up endpoints that never answered, and what can go nowhere else; returns when there may be another.
    mutating func giveUpEndpoints(now: Instant, into actions: inout [Action]) -> Instant {
        var isLost = false
        var next = Instant.never
        for index in endpoints.indices {
            if endpoints[index].circuit.expire(now: now) { isLost = true }
            next = min(next, endpoints[index].circuit.deadline)
        }
        if isLost { refuseLost(now: now, into: &actions) }
        return line.count == 0 ? .never : next
    }

    /// Why all endpoints that have a model are given up; nil if one is not.
    func givenUp(_ model: ModelIndex) -> Refusal? {
        var refusal: Refusal?
        for account in accounts.indices where quotas[quotaIndex(account, model)].isServed {
            let circuit = endpoints[accounts[account].endpoint].circuit
            guard circuit.isGivenUp, let trouble = circuit.trouble else { return nil }
            switch trouble {
            case .unreachable(let reason), .failing(let reason): refusal = refusal ?? .unreachable(reason: reason)
            // That is what people can change.
            case .misdirected(let reason, let hint): refusal = .misdirected(reason: reason, hint: hint)
            }
        }
        return refusal
    }

    /// What keeps a model from being asked anywhere, and the moment of the next try; nil if nothing does.
    func obstruction(_ model: ModelIndex) -> (Circuit.Trouble, due: Instant)? {
        var found: (Circuit.Trouble, due: Instant)?
        for account in accounts.indices where quotas[quotaIndex(account, model)].isServed {
            let circuits =
                [endpoints[accounts[account].endpoint].circuit] + accounts[account].credentials.map(\.circuit)
            let due = quotas[quotaIndex(account, model)].cutUntil
            guard due > Instant(nanoseconds: .min), let trouble = circuits.lazy.compactMap(\.trouble).first else {
                return nil
            }
            if found.map({ due < $0.due }) ?? true { found = (trouble, due) }
        }
        return found
    }

    func outage(_ model: ModelIndex) -> String? {
        openCircuits > 0 ? obstruction(model).map { $0.0.text } : nil
    }

    /// Moves the moments at which the accounts of an endpoint are due.
    mutating func cut(endpoint: Int) {
        for account in endpoints[endpoint].accounts {
            for model in line.queues.indices { cut(account, model) }
        }
    }

    /// Moves the moment at which an account is due for a model.
    mutating func cut(_ account: Int, _ model: ModelIndex) {
        let index = quotaIndex(account, model)
        let keys = accounts[account].credentials.lazy.filter { $0.serves(model) }.map(\.circuit.due).min()
        quotas[index].cutUntil = max(endpoints[accounts[account].endpoint].circuit.due, keys ?? .never)
        router.update(index, &quotas[index])
    }
}
