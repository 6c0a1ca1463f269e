internal import SluiceCore

/// Holds slots back until it is opened.
final class Gate: Sendable {
    private struct State {
        var isClosed: Bool
        var waiters: [Suspension<Void>] = []
    }

    private let state: Guarded<State>

    init(isClosed: Bool) { state = Guarded(State(isClosed: isClosed)) }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func close() { state.withLock { $0.isClosed = true } }

    func open() {
        let waiters = state.withLock { state in
            state.isClosed = false
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: ()) }
    }

    /// Returns when the gate is open.
    func wait() async {
        await suspended { waiter in
            let isClosed = state.withLock { state in
                if state.isClosed { state.waiters.append(waiter) }
                return state.isClosed
            }
            if !isClosed { waiter.resume(returning: ()) }
        }
    }
}
