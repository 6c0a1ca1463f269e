package import SluiceCore

/// Decides when each request may be sent, and with which credential.
///
/// Limits of the accounts and of the run, rests after refusals, back-offs, retired and parked credentials, outages of
/// the endpoint and the learning of limits nobody told are one atomic decision here. It knows no clock, lock, socket
/// or task: time comes in with each event, and what is to be done goes out as actions.
///
/// Requests wait in one line. The credential is chosen at the moment of sending: the one that may go first, the least
/// recently used of several. The head of the line holds up those behind it; a back-off holds up nobody.
package struct AdmissionMachine: Sendable {
    /// Wake-ups are at least so far apart: what falls due between them goes together.
    static let grain = TimeSpan(nanoseconds: 500_000)

    let concurrency: Int
    var accounts: [Account]
    var total: GCRA?
    var line = WaitingLine()
    var outage: Outage
    var inFlight = GrantTable()
    private var random: SplitMix64
    private var router: Router
    private var armed = Instant.never
    private var serial: UInt64 = 0
    private var isStopped = false

    /// A machine without requests.
    package init(_ policy: AdmissionPolicy, now: Now) {
        concurrency = policy.concurrency
        accounts = policy.accounts.map { Account($0, patience: policy.openingPatience) }
        total = policy.requestsPerMinute.map { GCRA(perMinute: $0) }
        outage = Outage(waitReady: policy.waitReady)
        random = SplitMix64(seed: policy.seed)
        router = Router(accounts)
    }

    /// Takes an event and returns what is to be done, in order.
    package mutating func handle(_ event: Event, now: Now) -> [Action] {
        var actions: [Action] = []
        handle(event, now: now, into: &actions)
        return actions
    }

    /// Takes an event and appends what is to be done, in order; spares an allocation.
    package mutating func handle(_ event: Event, now: Now, into actions: inout [Action]) {
        switch event {
        case .request(let ticket, let tokens, let notBefore, let avoiding, let isRetry):
            if let refusal = refusal(tokens: tokens) {
                actions.append(.refuse(ticket, refusal))
                return
            }
            line.add(
                ticket, tokens: max(0, tokens), notBefore: notBefore, avoiding: avoiding, isRetry: isRetry,
                now: now.mono)
        case .settled(let grant, let settlement):
            guard inFlight.close(grant.id) else { return }
            settle(grant, settlement, now: now.mono, into: &actions)
        case .timer:
            armed = .never
        case .cancel(let ticket):
            guard line.remove(ticket) else { return }
            actions.append(.refuse(ticket, .cancelled))
        case .connected(let time):
            for index in accounts.indices where accounts[index].learned.isOpening {
                accounts[index].learned.noteSign(roundTrip: time)
                router.update(index, accounts[index])
            }
        case .stop:
            isStopped = true
            refuseAll(.stopped, into: &actions)
        }
        advance(now: now.mono, into: &actions)
    }
}

// MARK: - Giving leave

extension AdmissionMachine {
    /// Gives leave to all that may go now, and asks for a wake-up at the next moment when something may.
    private mutating func advance(now: Instant, into actions: inout [Action]) {
        line.advance(now: now)
        if outage.expire(now: now), let reason = outage.givenUp {
            refuseAll(.unreachable(reason: reason), into: &actions)
        }
        var next = min(line.nextLater, line.count > 0 ? outage.deadline : .never)
        while let head = line.head {
            guard inFlight.count < concurrency else { break }
            let common = max(outage.due, total?.due ?? outage.due)
            guard common <= now else {
                next = min(next, common)
                break
            }
            let route = router.route(head, accounts: accounts, now: now)
            guard route.due <= now else {
                if head.tokens > 0, route.due < .never {
                    accounts[route.account].tokens?.save(for: head.tokens, now: now)
                }
                next = min(next, route.due)
                break
            }
            if accounts[route.account].isResting {
                accounts[route.account].resume(now: now)
                router.update(route.account, accounts[route.account])
                if let rate = accounts[route.account].learned.rate {
                    actions.append(
                        .notice(.learned(account: accounts[route.account].name, requestsPerMinute: rate * 60)))
                }
                continue
            }
            grant(head, account: route.account, now: now, into: &actions)
        }
        guard next < .never else { return }
        let wake = max(next, now + Self.grain)
        guard wake < armed || armed <= now else { return }
        armed = wake
        actions.append(.wake(at: wake))
    }

    private mutating func grant(_ head: Waiting, account: Int, now: Instant, into actions: inout [Action]) {
        let avoided = head.avoiding.flatMap { $0.account == account ? $0.credential : nil }
        guard let credential = accounts[account].nextCredential(avoiding: avoided) else { return }
        line.removeHead()
        serial += 1
        accounts[account].take(credential: credential, tokens: head.tokens, serial: serial, now: now)
        total?.take(now: now)
        let grant = Grant(
            id: inFlight.open(), credential: CredentialIndex(account: account, credential: credential),
            tokens: head.tokens, sentAt: now)
        if inFlight.count >= concurrency { accounts[account].learned.noteFull() }
        router.use(account, accounts[account], serial: serial)
        if !outage.isReachable { outage.probe(grant.id) }
        actions.append(.grant(head.ticket, grant))
    }

    /// Why a request is refused at once, if it is.
    private func refusal(tokens: Int) -> Refusal? {
        if isStopped { return .stopped }
        if let reason = outage.givenUp { return .unreachable(reason: reason) }
        guard router.isUsable else { return .exhausted(reasons: reasons) }
        if Double(tokens) > router.mostTokens { return .tooLarge(needs: tokens, limit: Int(router.mostTokens)) }
        return nil
    }

    private mutating func refuseAll(_ refusal: Refusal, into actions: inout [Action]) {
        for waiting in line.removeAll(where: { _ in true }) { actions.append(.refuse(waiting.ticket, refusal)) }
    }

    /// Why each retired credential is, in the policy's order.
    private var reasons: [String] {
        accounts.flatMap { account in
            account.credentials.compactMap { key in key.retired.map { "\(key.label): \($0)" } }
        }
    }
}

// MARK: - Settling

extension AdmissionMachine {
    private mutating func settle(
        _ grant: Grant, _ settlement: Settlement, now: Instant, into actions: inout [Action]
    ) {
        let index = grant.account
        let name = accounts[index].name
        accounts[index].inFlight -= 1
        accounts[index].credentials[grant.credential.credential].inFlight -= 1
        noteReply(grant, settlement, now: now, into: &actions)
        // What was reserved stays charged only when the request was, or may have been, executed.
        switch settlement {
        case .answered(let used):
            if let used { accounts[index].tokens?.settle(reserved: grant.tokens, used: used, now: now) }
            accounts[index].rest.answer(sentAt: grant.sentAt)
        case .failed: break
        default: accounts[index].tokens?.settle(reserved: grant.tokens, used: 0, now: now)
        }
        switch settlement {
        case .answered, .failed: break
        case .throttled(let hint):
            if let wait = accounts[index].refuse(grant, hint: hint, now: now, using: &random) {
                actions.append(.notice(.throttled(account: name, wait: wait, hinted: hint != nil)))
            }
        case .parked(let until, let reason):
            guard until > accounts[index].parking?.until ?? now else { break }
            accounts[index].parking = Account.Parking(until: until, reason: reason)
            actions.append(.notice(.parked(account: name, until: until, reason: reason)))
        case .retired(let reason):
            retire(grant.credential, reason: reason, into: &actions)
        case .unreachable(let reason):
            if outage.fail(grant.id, reason: reason, now: now, using: &random) {
                actions.append(.notice(.endpointLost(reason: reason)))
            }
            giveBack(grant, now: now)
        case .returned:
            outage.withdraw(grant.id, now: now)
            giveBack(grant, now: now)
        }
        router.update(index, accounts[index])
    }

    /// What a reply of any kind says about the endpoint.
    private mutating func noteReply(
        _ grant: Grant, _ settlement: Settlement, now: Instant, into actions: inout [Action]
    ) {
        switch settlement {
        case .unreachable, .returned: return
        default: break
        }
        accounts[grant.account].learned.noteSign(roundTrip: nil)
        guard let lost = outage.answer(grant.id, sentAt: grant.sentAt, now: now) else { return }
        actions.append(.notice(.endpointBack(after: lost)))
        total?.restart(now: now)
        for index in accounts.indices {
            accounts[index].requests?.restart(now: now)
            accounts[index].learned.restart(now: now)
            router.update(index, accounts[index])
        }
    }

    private mutating func giveBack(_ grant: Grant, now: Instant) {
        accounts[grant.account].granted -= 1
        accounts[grant.account].credentials[grant.credential.credential].granted -= 1
        accounts[grant.account].requests?.giveBack()
        accounts[grant.account].learned.giveBack(sentAt: grant.sentAt)
        total?.giveBack()
    }

    private mutating func retire(_ credential: CredentialIndex, reason: String, into actions: inout [Action]) {
        guard accounts[credential.account].credentials[credential.credential].isLive else { return }
        accounts[credential.account].credentials[credential.credential].retired = reason
        router.update(credential.account, accounts[credential.account])
        router.measure(accounts)
        let left = accounts.reduce(0) { $0 + $1.credentials.count(where: \.isLive) }
        actions.append(
            .notice(
                .retired(
                    account: accounts[credential.account].name,
                    credential: accounts[credential.account].credentials[credential.credential].label,
                    reason: reason, left: left)))
        guard router.isUsable else { return refuseAll(.exhausted(reasons: reasons), into: &actions) }
        let most = router.mostTokens
        for waiting in line.removeAll(where: { Double($0.tokens) > most }) {
            actions.append(.refuse(waiting.ticket, .tooLarge(needs: waiting.tokens, limit: Int(most))))
        }
    }
}
