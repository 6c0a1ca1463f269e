import Sluice
import SluiceCore

/// What a run has said.
final class Events: Sendable {
    private let messages = Guarded<[String]>([])

    func take(_ event: RunEvent) { messages.withLock { $0.append(event.message) } }

    var all: [String] { messages.withLock { $0 } }

    func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }
}
