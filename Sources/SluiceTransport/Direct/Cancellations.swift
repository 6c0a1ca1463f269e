internal import SluiceCore

/// The calls whose tasks were cancelled and that have not returned yet.
///
/// A call is a number here: to look for it among the connections when it is cancelled costs calls that are not
/// cancelled nothing.
final class Cancellations: Sendable {
    private struct State {
        var last: UInt64 = 0
        var cancelled: Set<UInt64> = []
        var isSearchDue = false
    }

    private let state = Guarded(State())

    /// The number of the next call.
    func number() -> UInt64 {
        state.withLock { state in
            state.last += 1
            return state.last
        }
    }

    /// Notes that a call is to be broken off; true if somebody must come and look for it.
    func add(_ call: UInt64) -> Bool {
        state.withLock { state in
            state.cancelled.insert(call)
            defer { state.isSearchDue = true }
            return !state.isSearchDue
        }
    }

    /// Forgets a call that has returned.
    func remove(_ call: UInt64) {
        state.withLock { _ = $0.cancelled.remove(call) }
    }

    func contains(_ call: UInt64) -> Bool { state.withLock { $0.cancelled.contains(call) } }

    /// The calls that are to be looked for; whoever is added from now on is looked for again.
    func startSearch() -> Set<UInt64> {
        state.withLock { state in
            state.isSearchDue = false
            return state.cancelled
        }
    }
}
