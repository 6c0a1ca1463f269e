internal import SluiceCore

/// Says once in a run that a member of a row looks like a parameter and is not sent.
final class LeftOutNote: Sendable {
    private let isTold = Guarded(false)
    private let onEvent: @Sendable (RunEvent) -> Void

    init(_ onEvent: @escaping @Sendable (RunEvent) -> Void) {
        self.onEvent = onEvent
    }

    /// Takes note of a row with such a member.
    func take(_ name: String, line: Int) {
        let isFirst = isTold.withLock { isTold in
            defer { isTold = true }
            return !isTold
        }
        guard isFirst else { return }
        onEvent(
            RunEvent("line \(line): '\(name)' is a column and not sent; --param \(name)=VALUE sends it with every row"))
    }
}
