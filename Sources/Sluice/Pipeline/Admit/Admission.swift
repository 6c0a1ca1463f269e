internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceTransport

/// The shell around ``AdmissionMachine``: the lock, the slots that wait, the one timer.
final class Admission: Sendable {
    /// Why a slot got no permit.
    struct Denied: Error {
        let refusal: AdmissionMachine.Refusal
        /// Whether the budget had admitted it.
        var isReserved = true
    }

    private typealias Waiter = Suspension<Result<Grant, Denied>>

    private struct Waiting {
        let waiter: Waiter
        let since: Instant
        /// Whether it was sent before: whatever it waits for now, trouble made it late.
        let isRetry: Bool
    }

    private struct State {
        var machine: AdmissionMachine
        var models: ModelNames
        var gate: BudgetGate?
        var waiters: [Ticket: Waiting] = [:]
        /// What was decided for a slot between its request and its wait.
        var early: [Ticket: Result<Grant, Denied>] = [:]
        var lastTicket: UInt64 = 0
        var isDrained = false
        var timer: ScheduledWork?
        /// Which decision the timer belongs to, and how many there were.
        var timerWake: UInt64 = 0
        var wakes: UInt64 = 0
    }

    /// What is done after the lock is released.
    private struct Effects {
        var resumptions: [(Waiter, Result<Grant, Denied>)] = []
        var wake: (at: Instant, number: UInt64)?
        var notices: [AdmissionMachine.Notice] = []
        var dayDemands: [(DayDemand, model: String)] = []
    }

    private let state: Guarded<State>
    private let transport: any Transport
    private let now: @Sendable () -> Now
    private let days: DayBook?
    private let part: Double
    private let notify: @Sendable (AdmissionMachine.Notice) -> Void

    init(
        _ policy: AdmissionPolicy, models: ModelNames, budget: Budget? = nil, days: DayBook? = nil,
        share: LimitShare? = nil, transport: any Transport, now: @escaping @Sendable () -> Now,
        notify: @escaping @Sendable (AdmissionMachine.Notice) -> Void
    ) {
        state = Guarded(
            State(
                machine: AdmissionMachine(policy, now: now()), models: models, gate: budget.map { BudgetGate($0) }))
        self.days = days
        part = 1 / Double(share?.count ?? 1)
        self.transport = transport
        self.now = now
        self.notify = notify
    }

    /// Waits for leave to make one attempt.
    /// - Parameters:
    ///   - model: The row's own model, or nil for the run's.
    ///   - demand: What the request is expected to cost.
    ///   - amount: The most that the attempt can cost, for the budget.
    ///   - notBefore: The end of a back-off.
    ///   - avoiding: The credential that failed the row before.
    ///   - isRetry: Whether the row's present model was asked before.
    ///   - since: When the row was first sent; never if it was not yet.
    ///   - yields: Whether it lets those go first that wait already.
    ///   - fallback: The number of the model that steps in if this one cannot be asked; 0 for none.
    /// - Throws: ``Denied`` if there will be no leave.
    func permit(
        _ model: String?, _ demand: TokenDemand, atMost amount: Money = .zero, notBefore: Instant? = nil,
        avoiding: CredentialIndex? = nil, isRetry: Bool = false, since: Instant = .never, yields: Bool = false,
        fallback: Int = 0
    ) async throws(Denied) -> Permit {
        let ticket = request(
            model, demand, atMost: amount, notBefore: notBefore, avoiding: avoiding, isRetry: isRetry,
            yields: yields, fallback: fallback)
        switch await decision(on: ticket, since: since) {
        case .success(let grant): return Permit(grant, reserving: amount, of: self)
        case .failure(let denied):
            giveBack(denied, amount)
            throw denied
        }
    }

    /// Leave to make one more attempt if it can be had at this moment; nil if it would have to be waited for.
    func permitAtOnce(
        _ model: String?, _ demand: TokenDemand, atMost amount: Money, avoiding: CredentialIndex?
    ) -> Permit? {
        let ticket = request(
            model, demand, atMost: amount, notBefore: nil, avoiding: avoiding, isRetry: true, yields: true, fallback: 0)
        if state.withLock({ $0.early[ticket] }) == nil {
            handle { $0.gate?.cancel(ticket) ?? BudgetGate.Turn(.cancel(ticket)) }
        }
        switch state.withLock({ $0.early.removeValue(forKey: ticket) }) {
        case .success(let grant): return Permit(grant, reserving: amount, of: self)
        case .failure(let denied):
            giveBack(denied, amount)
            return nil
        case nil: return nil
        }
    }

    private func request(
        _ model: String?, _ demand: TokenDemand, atMost amount: Money, notBefore: Instant?,
        avoiding: CredentialIndex?, isRetry: Bool, yields: Bool, fallback: Int
    ) -> Ticket {
        var ticket = Ticket(0)
        handle { state in
            state.lastTicket += 1
            ticket = Ticket(state.lastTicket)
            let event = AdmissionMachine.Event.request(
                ticket, model: model.map { state.models.index(of: $0) } ?? 0, demand: demand, notBefore: notBefore,
                avoiding: avoiding, isRetry: isRetry, yields: yields, fallback: fallback)
            return state.gate?.request(ticket, atMost: amount, event) ?? BudgetGate.Turn(event)
        }
        return ticket
    }

    /// What the machine refuses has its money reserved already.
    private func giveBack(_ denied: Denied, _ amount: Money) {
        guard denied.isReserved else { return }
        handle { $0.gate?.settle(reserved: amount, cost: .zero) ?? BudgetGate.Turn() }
    }

    /// Most requests are decided at once; only the others suspend.
    private func decision(on ticket: Ticket, since: Instant) async -> Result<Grant, Denied> {
        if let early = state.withLock({ $0.early.removeValue(forKey: ticket) }) { return early }
        let now = now().mono
        return await suspended { waiter in
            let early = state.withLock { state in
                let early = state.early.removeValue(forKey: ticket)
                if early == nil {
                    state.waiters[ticket] = Waiting(waiter: waiter, since: min(since, now), isRetry: since < .never)
                }
                return early
            }
            if let early { waiter.resume(returning: early) }
        }
    }

    func settle(_ grant: Grant, _ settlement: Settlement, reserved: Money, cost: Money) {
        handle { state in
            var turn = state.gate?.settle(reserved: reserved, cost: cost) ?? BudgetGate.Turn()
            turn.first = .settled(grant, settlement, cost: cost)
            return turn
        }
    }

    /// A reply says what the limits are: tells admission before the grant is settled.
    func learn(_ limits: ToldLimits, from grant: Grant) {
        handle { _ in BudgetGate.Turn(.told(grant, limits.part(part))) }
    }

    /// A server told its load: tells that for each model that is asked of the account.
    func note(_ metrics: ServerMetrics, of account: Account, at place: Int) {
        for model in 0..<state.withLock({ $0.models.count }) {
            let name = account.name(of: state.withLock { $0.models.name(of: model) })
            guard let load = metrics.load(of: name) else { continue }
            let gauges = ServerGauges(running: load.running, waiting: load.waiting, cacheUse: load.cacheUse)
            handle { _ in BudgetGate.Turn(.gauges(gauges, account: place, model: model)) }
        }
    }

    /// A connection was made: tells how far away the provider is, and so how late its refusals come.
    func connected(after span: TimeSpan) {
        handle { _ in BudgetGate.Turn(.connected(after: span)) }
    }

    /// The accounts have other keys than before, or there are more of them.
    func rekey(_ roster: Roster) {
        days?.update(roster.accounts)
        let aliases = Set(roster.accounts.flatMap(\.aliases.keys)).sorted()
        let now = self.now()
        handle { state in
            let accounts = zip(roster.accounts, roster.isLive).map { account, isLive in
                let policy = AdmissionPolicy.Account(account, aliases: aliases, models: &state.models, now: now)
                return AdmissionMachine.AccountKeys(policy, isLive: isLive)
            }
            return BudgetGate.Turn(.rekeyed(accounts))
        }
    }

    /// Why requests wait for other keys; nil if none does.
    var missingKeys: [String]? { state.withLock { $0.machine.missingKeys } }

    /// No row comes for the first time any more.
    func drain() {
        handle { state in
            defer { state.isDrained = true }
            return BudgetGate.Turn(state.isDrained ? nil : .drained)
        }
    }

    /// No more leave for anybody; what is in flight may finish.
    func stop() {
        handle { state in
            var turn = state.gate?.stop() ?? BudgetGate.Turn()
            turn.first = .stop
            return turn
        }
    }

    /// Gives up the rows that refusals or an outage have kept for longer than a span since they were first sent, or since
    /// they wait if they were not.
    ///
    /// A row that only waits for its first turn under a limit is not late.
    func expire(after span: TimeSpan) {
        let isTrouble: Bool
        switch waiting()?.cause {
        case .retryAfter, .quota, .endpoint: isTrouble = true
        // Somebody is asked for a key, and may come back after the weekend.
        case .keys: return
        default: isTrouble = false
        }
        let now = self.now().mono
        let late = state.withLock { state in
            state.waiters.filter { (isTrouble || $0.value.isRetry) && now - $0.value.since >= span }.map(\.key)
        }
        for ticket in late {
            handle { $0.gate?.cancel(ticket) ?? BudgetGate.Turn(.cancel(ticket)) }
        }
    }

    /// What the head of the queue waits for.
    func waiting() -> AdmissionMachine.Wait? {
        let now = self.now()
        return state.withLock { state in
            state.machine.waiting(now: now)
                ?? (state.gate?.isHolding == true ? AdmissionMachine.Wait.budget : nil)
        }
    }

    /// What the requests in flight cost at most; zero without a budget.
    var reserved: Money { state.withLock { $0.gate?.budget.reserved ?? .zero } }

    /// How far the budget is to go next; nil while that need not be told anybody.
    var wantedLease: Money? { state.withLock { $0.gate?.budget.wantedLease } }

    /// The budget may go so far: it is on the disk.
    func extend(to lease: Money) {
        handle { $0.gate?.extend(to: lease) ?? BudgetGate.Turn() }
    }

    func snapshot() -> AdmissionMachine.Snapshot {
        let now = self.now()
        return state.withLock { $0.machine.snapshot(now: now) }
    }

    private func handle(_ turn: (inout State) -> BudgetGate.Turn) {
        let now = self.now()
        let effects = state.withLock { state in
            let turn = turn(&state)
            var effects = Effects()
            if let first = turn.first { Admission.digest(state.machine.handle(first, now: now), &state, &effects) }
            for event in turn.more { Admission.digest(state.machine.handle(event, now: now), &state, &effects) }
            for (ticket, refusal) in turn.refused {
                let denied = Denied(refusal: refusal, isReserved: false)
                Admission.decide(ticket, .failure(denied), &state, &effects)
            }
            return effects
        }
        if let (at, number) = effects.wake { schedule(at, number: number, now: now) }
        for (waiter, result) in effects.resumptions { waiter.resume(returning: result) }
        for notice in effects.notices { notify(notice) }
        for (demand, model) in effects.dayDemands {
            days?.take(demand, model: model) { [self] reservation in
                handle { _ in BudgetGate.Turn(.reserved(reservation)) }
            }
        }
    }

    /// Gives back what was set apart of days and not used; to be called once, when nothing is in flight.
    func giveBackDays() async throws(SluiceError) {
        guard let days else { return }
        // What was asked for at the last moment is among what is left.
        try await days.settle()
        let left = state.withLock { state in
            state.machine.dayBalances().map { ($0, model: state.models.name(of: $0.model)) }
        }
        try await days.giveBack(left)
    }

    private static func digest(
        _ actions: [AdmissionMachine.Action], _ state: inout State, _ effects: inout Effects
    ) {
        for action in actions {
            switch action {
            case .grant(let ticket, let grant):
                decide(ticket, .success(grant), &state, &effects)
            case .refuse(let ticket, let refusal):
                decide(ticket, .failure(Denied(refusal: refusal)), &state, &effects)
            case .wake(let at):
                state.wakes += 1
                effects.wake = (at, state.wakes)
            case .reserve(let demand): effects.dayDemands.append((demand, state.models.name(of: demand.model)))
            case .notice(let notice): effects.notices.append(notice)
            }
        }
    }

    private static func decide(
        _ ticket: Ticket, _ result: Result<Grant, Denied>, _ state: inout State, _ effects: inout Effects
    ) {
        if let waiter = state.waiters.isEmpty ? nil : state.waiters.removeValue(forKey: ticket)?.waiter {
            effects.resumptions.append((waiter, result))
        } else {
            state.early[ticket] = result
        }
    }

    private func schedule(_ at: Instant, number: UInt64, now: Now) {
        let work = transport.schedule(after: at - now.mono) { [self] in
            handle { _ in BudgetGate.Turn(.timer) }
        }
        let superseded = state.withLock { state -> ScheduledWork? in
            // Another thread may have decided later and come here first; its moment is the one that counts.
            guard number > state.timerWake else { return work }
            defer { (state.timer, state.timerWake) = (work, number) }
            return state.timer
        }
        superseded?.cancel()
    }
}
