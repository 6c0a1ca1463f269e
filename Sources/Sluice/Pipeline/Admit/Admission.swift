internal import SluiceCore
internal import SluiceScheduling
internal import SluiceTransport

/// The shell around ``AdmissionMachine``: the lock, the slots that wait, the one timer.
final class Admission: Sendable {
    /// Why a slot got no permit.
    struct Denied: Error {
        let refusal: AdmissionMachine.Refusal
    }

    private typealias Waiter = CheckedContinuation<Result<Grant, Denied>, Never>

    private struct State {
        var machine: AdmissionMachine
        var waiters: [Ticket: Waiter] = [:]
        var lastTicket: UInt64 = 0
        var timer: ScheduledWork?
    }

    /// What is done after the lock is released.
    private struct Effects {
        var resumptions: [(Waiter, Result<Grant, Denied>)] = []
        var wake: Instant?
        var notices: [AdmissionMachine.Notice] = []
    }

    private let state: Guarded<State>
    private let transport: any Transport
    private let now: @Sendable () -> Now
    private let notify: @Sendable (AdmissionMachine.Notice) -> Void

    init(
        _ policy: AdmissionPolicy, transport: any Transport, now: @escaping @Sendable () -> Now,
        notify: @escaping @Sendable (AdmissionMachine.Notice) -> Void
    ) {
        state = Guarded(State(machine: AdmissionMachine(policy, now: now())))
        self.transport = transport
        self.now = now
        self.notify = notify
    }

    /// Waits for leave to make one attempt.
    /// - Parameters:
    ///   - tokens: The estimate of prompt and answer.
    ///   - notBefore: The end of a back-off.
    ///   - avoiding: The credential that failed the row before.
    /// - Throws: ``Denied`` if there will be no leave.
    func permit(
        tokens: Int, notBefore: Instant? = nil, avoiding: CredentialIndex? = nil, isRetry: Bool = false
    ) async throws(Denied) -> Permit {
        let result: Result<Grant, Denied> = await withCheckedContinuation { waiter in
            handle { state in
                state.lastTicket += 1
                let ticket = Ticket(state.lastTicket)
                state.waiters[ticket] = waiter
                return .request(
                    ticket, tokens: tokens, notBefore: notBefore, avoiding: avoiding, isRetry: isRetry)
            }
        }
        return Permit(try result.get(), of: self)
    }

    func settle(_ grant: Grant, _ settlement: Settlement) {
        handle { _ in .settled(grant, settlement) }
    }

    /// No more leave for anybody; what is in flight may finish.
    func stop() {
        handle { _ in .stop }
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
        if let wake = effects.wake { schedule(wake, now: now) }
        for (waiter, result) in effects.resumptions { waiter.resume(returning: result) }
        for notice in effects.notices { notify(notice) }
    }

    private static func digest(_ actions: [AdmissionMachine.Action], _ state: inout State) -> Effects {
        var effects = Effects()
        for action in actions {
            switch action {
            case .grant(let ticket, let grant):
                if let waiter = state.waiters.removeValue(forKey: ticket) {
                    effects.resumptions.append((waiter, .success(grant)))
                }
            case .refuse(let ticket, let refusal):
                if let waiter = state.waiters.removeValue(forKey: ticket) {
                    effects.resumptions.append((waiter, .failure(Denied(refusal: refusal))))
                }
            case .wake(let at): effects.wake = at
            case .notice(let notice): effects.notices.append(notice)
            }
        }
        return effects
    }

    private func schedule(_ at: Instant, now: Now) {
        let work = transport.schedule(after: at - now.mono) { [self] in handle { _ in .timer } }
        let former = state.withLock { state in
            let former = state.timer
            state.timer = work
            return former
        }
        former?.cancel()
    }
}
