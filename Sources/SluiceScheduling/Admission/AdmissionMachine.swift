package import SluiceCore

/// Decides when each request may be sent, and with which credential.
///
/// Limits of the accounts and of the run, rests after refusals, back-offs, retired and parked credentials, outages of
/// the endpoint and the learning of limits nobody told are one atomic decision here. It knows no clock, lock, socket
/// or task: time comes in with each event, and what is to be done goes out as actions.
///
/// Requests wait in a queue for each model, as each account has its limits for each model. The credential is chosen at
/// the moment of sending: the one that may go first, the least recently used of several. The head of a queue holds up
/// those behind it, unless it needs more than a second's tokens: then tokens are saved for it on its earliest account
/// and others pass. They also pass on accounts that can never carry it. A back-off holds up nobody.
package struct AdmissionMachine: Sendable {
    /// Wake-ups are at least so far apart: what falls due between them goes together.
    static let grain = TimeSpan(nanoseconds: 500_000)
    /// How many requests behind a head that waits are looked at.
    static let lookAhead = 16

    var policy: AdmissionPolicy
    var accounts: [Account]
    /// Model by model: model · accounts + account.
    var quotas: [Quota] = []
    var total: GCRA?
    var line = WaitingLine()
    /// The accounts where tokens are saved for the heads, by model.
    var savings: [Int?] = [nil]
    /// What requests are usually like, by model.
    private var usual = [UsualDemand()]
    var endpoints: [Endpoint] = []
    var retries: RetryBudget
    var inFlight = GrantTable()
    var random: SplitMix64
    var router: Router
    var isStopped = false
    /// Whether no request comes for the first time any more.
    var isDrained = false
    /// Whether a credential has worked.
    var hasAnswered = false
    /// How many circuits are open, of endpoints and of credentials: nearly always none.
    var openCircuits = 0
    /// When a part of a day's limit is over next.
    var nextLeaseEnd = Instant.never
    private var hasLeases = false
    /// When what waits for a key is next held against the models that may step in for it.
    var nextLook = Instant(nanoseconds: .min)
    private var armed = Instant.never
    private var serial: UInt64 = 0
    /// The models whose heads cannot go at present; kept to spare an allocation.
    private var held = [false]

    /// A machine without requests.
    package init(_ policy: AdmissionPolicy, now: Now) {
        self.policy = policy
        accounts = []
        total = policy.requestsPerMinute.map { GCRA(perMinute: $0) }
        retries = RetryBudget(share: policy.retryShare, concurrency: policy.concurrency)
        random = SplitMix64(seed: policy.seed)
        quotas = policy.accounts.map { Self.quota(of: $0, for: 0, policy) }
        router = Router(quotas, accounts: policy.accounts.count)
        for account in policy.accounts { join(account) }
        // Whether a model can step in is asked of all that is known of it.
        for model in policy.fallbacks.joined() { while model >= line.queues.count { addModel() } }
    }

    /// How many requests may be in flight.
    var concurrency: Int { policy.concurrency }

    /// Takes an event and returns what is to be done, in order.
    package mutating func handle(_ event: Event, now: Now) -> [Action] {
        var actions: [Action] = []
        handle(event, now: now, into: &actions)
        return actions
    }

    /// Takes an event and appends what is to be done, in order; spares an allocation.
    package mutating func handle(_ event: Event, now: Now, into actions: inout [Action]) {
        switch event {
        case .request(
            let ticket, let model, let demand, let notBefore, let avoiding, let isRetry, let yields, let fallback):
            while model >= line.queues.count { addModel() }
            if let refusal = refusal(model: model, demand, fallback: fallback, now: now.mono) {
                actions.append(.refuse(ticket, refusal))
                return
            }
            line.add(
                ticket, model: model, demand: demand, notBefore: notBefore, avoiding: avoiding, isRetry: isRetry,
                yields: yields, fallback: fallback, now: now.mono)
        case .settled(let grant, let settlement, let cost):
            guard inFlight.close(grant.id) else { return }
            settle(grant, settlement, cost: cost, now: now.mono, into: &actions)
        case .reserved(let reservation):
            take(reservation, now: now.mono)
        case .told(let grant, let limits):
            learn(limits, from: grant, now: now.mono, into: &actions)
        case .rekeyed(let all): rekey(all, now: now.mono, into: &actions)
        case .timer:
            armed = .never
        case .cancel(let ticket):
            guard line.remove(ticket) else { return }
            releaseSavings(now: now.mono)
            actions.append(.refuse(ticket, .cancelled))
        case .connected(let time):
            for index in quotas.indices where quotas[index].learned.isOpening {
                quotas[index].learned.noteSign(roundTrip: time)
                router.update(index, &quotas[index])
            }
        case .gauges(let gauges, let account, let model):
            guard account < accounts.count, model < line.queues.count else { return }
            let index = quotaIndex(account, model)
            quotas[index].note(gauges, now: now.mono)
            router.update(index, &quotas[index])
        case .drained:
            isDrained = true
            line.sort()
        case .stop:
            isStopped = true
            refuseAll(.stopped, now: now.mono, into: &actions)
        }
        advance(now: now.mono, into: &actions)
    }

    private mutating func addModel() {
        let model = line.queues.count
        line.addModel()
        savings.append(nil)
        usual.append(UsualDemand())
        held.append(false)
        for (account, state) in zip(policy.accounts, accounts) {
            var quota = Self.quota(of: account, for: model, policy)
            if state.isRetired { quota.isServed = false }
            quotas.append(quota)
            router.add(quota)
        }
        for account in accounts.indices { cut(account, model) }
    }

    /// Adds an account with its endpoint; its quotas apart.
    mutating func join(_ account: AdmissionPolicy.Account) {
        let place = endpoints.firstIndex { $0.name == account.endpoint } ?? endpoints.count
        if place == endpoints.count {
            endpoints.append(Endpoint(name: account.endpoint, waitReady: policy.waitReady))
        }
        endpoints[place].accounts.append(accounts.count)
        accounts.append(Account(account, endpoint: place))
        if account.sharesDays { hasLeases = true }
    }

    static func quota(
        of account: AdmissionPolicy.Account, for model: ModelIndex, _ policy: AdmissionPolicy
    ) -> Quota {
        Quota(
            account.modelLimits[model] ?? account.limits,
            isServed: account.has(model), dayEnds: account.dayEnds, sharesDays: account.sharesDays,
            patience: policy.openingPatience, slots: policy.concurrency)
    }
}

// MARK: - Giving leave

extension AdmissionMachine {
    /// Gives leave to all that may go now, and asks for a wake-up at the next moment when something may.
    private mutating func advance(now: Instant, into actions: inout [Action]) {
        line.advance(&retries, now: now)
        if nextLeaseEnd <= now { expireLeases(now: now) }
        var next = min(line.nextLater(retries, now: now), handOverLost(now: now, into: &actions))
        if openCircuits > 0 {
            next = min(next, giveUpEndpoints(now: now, into: &actions), callLast(now: now, into: &actions))
        }
        for model in held.indices { held[model] = false }
        while let model = line.next(except: held), let head = line.head(of: model) {
            guard inFlight.count < concurrency else { break }
            if let total, total.due > now {
                next = min(next, total.due)
                break
            }
            let route = route(head, reserved: savings[model], now: now)
            if route.due <= now {
                if openCircuits > 0, isHeldBack(head, by: route.account) {
                    held[model] = true
                    continue
                }
                let prober = openCircuits > 0 ? prober(insteadOf: head, by: route.account, now: now) : nil
                send(prober?.request ?? head, at: prober?.place ?? 0, by: route.account, now: now, into: &actions)
                continue
            }
            if hasLeases { reserve(for: head, now: now, into: &actions) }
            if let refusal = dayRefusal(of: head, due: route.due, now: now) {
                line.remove(model, at: 0)
                releaseSavings(now: now)
                actions.append(.refuse(head.ticket, refusal))
                continue
            }
            next = min(next, route.due)
            save(for: head, by: route, now: now)
            guard let pass = passer(of: head, by: route, now: now, next: &next) else {
                held[model] = true
                continue
            }
            send(pass.request, at: pass.place, by: pass.account, now: now, into: &actions)
        }
        if openCircuits > 0, !policy.fallbacks.isEmpty { handOver(now: now, into: &actions) }
        guard next < .never else { return }
        let wake = max(next, now + Self.grain)
        guard wake < armed || armed <= now else { return }
        armed = wake
        actions.append(.wake(at: wake))
    }

    private mutating func route(
        _ request: Waiting, among some: [Int]? = nil, reserved: Int?, now: Instant
    ) -> Router.Route {
        router.route(
            request, among: some, reserved: reserved, quotas: &quotas, hasOthers: hasOtherKeys(request), now: now)
    }

    /// Whether the account of the key that a request avoids has another one.
    private func hasOtherKeys(_ request: Waiting) -> Bool {
        guard let avoided = request.avoiding?.account, avoided < accounts.count else { return true }
        return accounts[avoided].count(for: request.model) > 1
    }

    /// Saves tokens for a head that needs more than there are, on the account where it may go first.
    private mutating func save(for head: Waiting, by route: Router.Route, now: Instant) {
        guard route.due < .never else { return }
        let index = quotaIndex(route.account, head.model)
        guard quotas[index].tokens.isLimited else { return }
        let count = head.demand.charged(quotas[index].tokens.charge)
        if let former = savings[head.model], former != route.account {
            quotas[quotaIndex(former, head.model)].tokens.release(now: now)
            savings[head.model] = nil
        }
        if savings[head.model] == nil, quotas[index].tokens.isLarge(count) {
            line.stand(head.model)
            savings[head.model] = route.account
        }
        quotas[index].tokens.save(for: count, now: now)
    }

    /// A request that may go now while the head cannot: a large head or one that avoids a credential is passed, and every
    /// head on accounts that can never carry it.
    private mutating func passer(
        of head: Waiting, by route: Router.Route, now: Instant, next: inout Instant
    ) -> (request: Waiting, place: Int, account: Int)? {
        var others: [Int]?
        if savings[head.model] == nil, head.avoiding == nil {
            let closed = accountsClosed(to: head)
            guard !closed.isEmpty else { return nil }
            others = closed
        }
        let earliest = router.earliest(head.model)
        guard earliest <= now else {
            next = min(next, earliest)
            return nil
        }
        let queue = line.queues[head.model]
        for place in 1..<max(1, min(queue.count, 1 + Self.lookAhead)) {
            let request = queue[place]
            let route = self.route(request, among: others, reserved: nil, now: now)
            if route.due <= now { return (request, place, route.account) }
            next = min(next, route.due)
        }
        return nil
    }

    /// Lets a request go, after what the account has to digest first.
    private mutating func send(
        _ request: Waiting, at place: Int, by account: Int, now: Instant, into actions: inout [Action]
    ) {
        let index = quotaIndex(account, request.model)
        if quotas[index].isResting {
            quotas[index].resume(now: now)
            router.update(index, &quotas[index])
            if let rate = quotas[index].learned.rate {
                actions.append(.notice(.learned(account: accounts[account].name, requestsPerMinute: rate * 60)))
            }
            return
        }
        let avoided = request.avoiding.flatMap { $0.account == account ? $0.credential : nil }
        guard let credential = accounts[account].nextCredential(for: request.model, avoiding: avoided, now: now)
        else { return }
        line.remove(request.model, at: place)
        serial += 1
        var isHead = false
        if place == 0, let saving = savings[request.model] {
            isHead = saving == account
            if !isHead { quotas[quotaIndex(saving, request.model)].tokens.release(now: now) }
            savings[request.model] = nil
        }
        if router.hasTokens, let news = usual[request.model].add(request.demand) {
            expect(news, request.model, now: now)
        }
        let tokens = quotas[index].take(request.demand, isHead: isHead, now: now)
        accounts[account].credentials[credential].inFlight += 1
        accounts[account].credentials[credential].granted += 1
        accounts[account].credentials[credential].lastUse = serial
        total?.take(now: now)
        let id = inFlight.open()
        if !request.isRetry {
            endpoints[accounts[account].endpoint].circuit.send()
            accounts[account].credentials[credential].circuit.send()
        }
        let isProbe = openCircuits > 0 && probe(id, account: account, credential: credential)
        let grant = Grant(
            id: id, credential: CredentialIndex(account: account, credential: credential), model: request.model,
            tokens: tokens, ceiling: request.demand.ceiling, sentAt: now, isFirst: !request.isRetry, isProbe: isProbe,
            number: quotas[index].sends, load: quotas[index].inFlight, answers: quotas[index].answers,
            refusals: quotas[index].throttled)
        if inFlight.count >= concurrency { quotas[index].learned.noteFull() }
        router.use(index, &quotas[index], account: account, serial: serial)
        if quotas[index].leases != nil {
            reserve(request.demand, of: index, account: account, request.model, now: now, into: &actions)
        }
        actions.append(.grant(request.ticket, grant))
    }

    /// Tells every account what requests are usually like, also those that have not had their turn yet.
    private mutating func expect(_ demand: TokenDemand, _ model: ModelIndex, now: Instant) {
        for account in accounts.indices {
            let index = quotaIndex(account, model)
            quotas[index].tokens.expect(demand.charged(quotas[index].tokens.charge), now: now)
        }
    }

    func quotaIndex(_ account: Int, _ model: ModelIndex) -> Int { model * accounts.count + account }
}
