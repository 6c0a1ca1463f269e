internal import SluiceCore
internal import SluiceScheduling
internal import SluiceTransport

/// The shell around ``AdmissionMachine``: the lock, the slots that wait, the one timer.
final class Admission: Sendable {
    /// Why a slot got no permit.
    struct Denied: Error {
        let refusal: AdmissionMachine.Refusal
    }

    private typealias Waiter = Suspension<Result<Grant, Denied>>

    private struct State {
        var machine: AdmissionMachine
        var models: ModelNames
        var waiters: [Ticket: (waiter: Waiter, since: Instant)] = [:]
        /// What was decided for a slot between its request and its wait.
        var early: [Ticket: Result<Grant, Denied>] = [:]
        var lastTicket: UInt64 = 0
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
    }

    private let state: Guarded<State>
    private let transport: any Transport
    private let now: @Sendable () -> Now
    private let notify: @Sendable (AdmissionMachine.Notice) -> Void

    init(
        _ policy: AdmissionPolicy, models: ModelNames, transport: any Transport, now: @escaping @Sendable () -> Now,
        notify: @escaping @Sendable (AdmissionMachine.Notice) -> Void
    ) {
        state = Guarded(State(machine: AdmissionMachine(policy, now: now()), models: models))
        self.transport = transport
        self.now = now
        self.notify = notify
    }

    /// Waits for leave to make one attempt.
    /// - Parameters:
    ///   - model: The row's own model, or nil for the run's.
    ///   - demand: What the request is expected to cost.
    ///   - notBefore: The end of a back-off.
    ///   - avoiding: The credential that failed the row before.
    /// - Throws: ``Denied`` if there will be no leave.
    func permit(
        _ model: String?, _ demand: TokenDemand, notBefore: Instant? = nil, avoiding: CredentialIndex? = nil,
        isRetry: Bool = false
    ) async throws(Denied) -> Permit {
        var ticket = Ticket(0)
        handle { state in
            state.lastTicket += 1
            ticket = Ticket(state.lastTicket)
            return .request(
                ticket, model: model.map { state.models.index(of: $0) } ?? 0, demand: demand, notBefore: notBefore,
                avoiding: avoiding, isRetry: isRetry)
        }
        return Permit(try await decision(on: ticket).get(), of: self)
    }

    /// Most requests are decided at once; only the others suspend.
    private func decision(on ticket: Ticket) async -> Result<Grant, Denied> {
        if let early = state.withLock({ $0.early.removeValue(forKey: ticket) }) { return early }
        let since = now().mono
        return await suspended { waiter in
            let early = state.withLock { state in
                let early = state.early.removeValue(forKey: ticket)
                if early == nil { state.waiters[ticket] = (waiter, since) }
                return early
            }
            if let early { waiter.resume(returning: early) }
        }
    }

    func settle(_ grant: Grant, _ settlement: Settlement) {
        handle { _ in .settled(grant, settlement) }
    }

    /// A reply says what the limits are: tells admission before the grant is settled.
    func learn(_ limits: ToldLimits, from grant: Grant) {
        handle { _ in .told(grant, limits) }
    }

    /// A connection was made: tells how far away the provider is, and so how late its refusals come.
    func connected(after span: TimeSpan) {
        handle { _ in .connected(after: span) }
    }

    /// No more leave for anybody; what is in flight may finish.
    func stop() {
        handle { _ in .stop }
    }

    /// Gives up the rows that have waited for longer than a span because of refusals or an outage.
    ///
    /// A row that only waits for its turn under a limit is not late.
    func expire(after span: TimeSpan) {
        switch waiting()?.cause {
        case .retryAfter, .quota, .endpoint: break
        default: return
        }
        let now = self.now().mono
        let late = state.withLock { state in state.waiters.filter { now - $0.value.since >= span }.map(\.key) }
        for ticket in late { handle { _ in .cancel(ticket) } }
    }

    /// What the head of the queue waits for.
    func waiting() -> AdmissionMachine.Wait? {
        let now = self.now()
        return state.withLock { $0.machine.waiting(now: now) }
    }

    func snapshot() -> AdmissionMachine.Snapshot {
        let now = self.now()
        return state.withLock { $0.machine.snapshot(now: now) }
    }

    private func handle(_ event: (inout State) -> AdmissionMachine.Event) {
        let now = self.now()
        let effects = state.withLock { state in
            let event = event(&state)
            return Admission.digest(state.machine.handle(event, now: now), &state)
        }
        if let (at, number) = effects.wake { schedule(at, number: number, now: now) }
        for (waiter, result) in effects.resumptions { waiter.resume(returning: result) }
        for notice in effects.notices { notify(notice) }
    }

    private static func digest(_ actions: [AdmissionMachine.Action], _ state: inout State) -> Effects {
        var effects = Effects()
        for action in actions {
            switch action {
            case .grant(let ticket, let grant):
                decide(ticket, .success(grant), &state, &effects)
            case .refuse(let ticket, let refusal):
                decide(ticket, .failure(Denied(refusal: refusal)), &state, &effects)
            case .wake(let at):
                state.wakes += 1
                effects.wake = (at, state.wakes)
            case .notice(let notice): effects.notices.append(notice)
            }
        }
        return effects
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
        let work = transport.schedule(after: at - now.mono) { [self] in handle { _ in .timer } }
        let superseded = state.withLock { state -> ScheduledWork? in
            // Another thread may have decided later and come here first; its moment is the one that counts.
            guard number > state.timerWake else { return work }
            defer { (state.timer, state.timerWake) = (work, number) }
            return state.timer
        }
        superseded?.cancel()
    }
}
