internal import SluiceCore

/// Whether the run goes on, and why not.
final class RunState: Sendable {
    private struct State {
        var cause: StopCause?
        /// Why some rows are left although the run went on.
        var remark: StopCause?
        var isAborted = false
        var stop: (@Sendable () -> Void)?
    }

    private let state = Guarded(State())

    /// What stops reading and admission; called once, at the first halt.
    func onHalt(_ stop: @escaping @Sendable () -> Void) {
        let isHalted = state.withLock { state in
            state.stop = stop
            return state.cause != nil
        }
        if isHalted { stop() }
    }

    /// Ends the run: nothing more is read or admitted, what is in flight may finish.
    ///
    /// The first cause counts.
    func halt(_ cause: StopCause) {
        let stop: (@Sendable () -> Void)? = state.withLock { state in
            guard state.cause == nil else {
                // An error of ours outweighs an interruption; it decides the exit code.
                if case .error = cause, case .error = state.cause {} else if case .error = cause { state.cause = cause }
                return nil
            }
            state.cause = cause
            return state.stop
        }
        stop?()
    }

    /// Notes why rows are left; the run goes on with the others.
    func note(_ cause: StopCause) { state.withLock { $0.remark = $0.remark ?? cause } }

    /// No attempt is made again; what is in flight is broken off.
    func abort() { state.withLock { $0.isAborted = true } }

    var isAborted: Bool { state.withLock { $0.isAborted } }
    var cause: StopCause? { state.withLock { $0.cause ?? $0.remark } }
}
