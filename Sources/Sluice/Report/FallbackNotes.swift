internal import SluiceCore

/// Says of each model once that another one steps in for it, and why at first.
final class FallbackNotes: Sendable {
    private let told = Guarded<Set<String>>([])
    private let onEvent: @Sendable (RunEvent) -> Void

    init(_ onEvent: @escaping @Sendable (RunEvent) -> Void) {
        self.onEvent = onEvent
    }

    /// Takes note of a row that goes from one model to another.
    func take(from model: String, to other: String, _ reason: String) {
        guard told.withLock({ $0.insert(model).inserted }) else { return }
        onEvent(RunEvent("rows that \(model) cannot answer go to \(other); the first: \(reason)"))
    }
}
