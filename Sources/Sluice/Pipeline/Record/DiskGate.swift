internal import SluiceCore

/// Keeps slots from sending while there is no room for what they would bring back.
final class DiskGate: Sendable {
    private struct State {
        var isClosed = false
        var waiters: [Suspension<Void>] = []
    }

    private let state = Guarded(State())

    /// Whether nothing may be sent at present.
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
            let isOpen = state.withLock { state in
                if state.isClosed { state.waiters.append(waiter) }
                return !state.isClosed
            }
            if isOpen { waiter.resume(returning: ()) }
        }
    }
}
