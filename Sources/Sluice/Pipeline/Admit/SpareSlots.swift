internal import SluiceCore

/// Keeps back slots for the time when an endpoint fails what it is sent.
///
/// It is then tried by rows that have not failed yet, which those in the other slots all may have, however few these are.
final class SpareSlots: Sendable {
    /// One for each try of ten minutes and more.
    static let count = 64

    private struct State {
        var isOpen = false
        var waiters: [Suspension<Void>] = []
    }

    private let state = Guarded(State())

    /// Lets them carry rows from now on.
    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: ()) }
    }

    /// Returns when they may carry rows.
    func wait() async {
        await suspended { waiter in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(waiter) }
                return state.isOpen
            }
            if isOpen { waiter.resume(returning: ()) }
        }
    }
}
