internal import SluiceCore
internal import SluiceScheduling

/// When a request is slow enough for a second one, and whether there may be one: in the tail of the run, for 2 % of the
/// answers at most (Dean and Barroso, "The Tail at Scale", <https://doi.org/10.1145/2408776.2408794>).
final class Hedger: Sendable {
    private struct State {
        /// The times from a request to its answer, in milliseconds.
        var spans = QuantileSketch()
        var sent = 0
        var isTail = false
        var lastNumber: UInt64 = 0
        /// Requests that wait for the tail to begin.
        var waiters: [UInt64: Suspension<Bool>] = [:]
    }

    private static let share = 0.02
    private static let pause = TimeSpan.milliseconds(100)

    private let quantile: Double
    private let environment: Environment
    private let state = Guarded(State())

    /// - Parameter quantile: The share of the answers beyond whose time a request is slow, 0 to 1.
    init(quantile: Double, environment: Environment) {
        self.quantile = quantile
        self.environment = environment
    }

    /// Takes in how long an answer took.
    func answered(after span: TimeSpan) {
        state.withLock { $0.spans.add(Int(span.nanoseconds / 1_000_000)) }
    }

    /// No row comes for the first time any more.
    func beginTail() {
        let waiters = state.withLock { state in
            state.isTail = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// Waits until a request that was sent at a moment is slow and may have a second one, which is then taken; false if
    /// the task is cancelled before.
    func isDue(_ sent: Instant) async -> Bool {
        guard await isTail() else { return false }
        while !Task.isCancelled {
            let slow = state.withLock { $0.spans.quantile(quantile) }
            let wait = slow.map { sent + .milliseconds($0) - environment.now().mono } ?? Self.pause
            if wait <= .zero, take() { return true }
            guard await rest(max(wait, Self.pause)) else { return false }
        }
        return false
    }

    /// Gives back a second request that could not be sent now, and waits before the next try.
    func giveBack() async {
        state.withLock { $0.sent -= 1 }
        _ = await rest(Self.pause)
    }

    private func take() -> Bool {
        state.withLock { state in
            guard Double(state.sent + 1) <= Double(state.spans.count) * Self.share else { return false }
            state.sent += 1
            return true
        }
    }

    private func rest(_ span: TimeSpan) async -> Bool { (try? await environment.sleep(span)) != nil }

    /// Waits for the tail; false if the task is cancelled before.
    private func isTail() async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await suspended { waiter in
                let known: Bool? = state.withLock { state in
                    if state.isTail { return true }
                    // Who is cancelled from here on is found among the waiters.
                    if Task.isCancelled { return false }
                    state.waiters[number] = waiter
                    return nil
                }
                if let known { waiter.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: false)
        }
    }
}
