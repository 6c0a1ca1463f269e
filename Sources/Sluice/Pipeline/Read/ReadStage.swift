internal import SluiceCore
internal import SluiceStorage

/// Hands out records in the order of the input, and counts them.
final class ReadStage: Sendable {
    private struct State {
        var handed = 0
        var sendable: Int
    }

    private let feed: RecordFeed
    private let state: Guarded<State>

    /// - Parameter rowLimit: At most so many rows may be sent.
    init(_ feed: RecordFeed, rowLimit: Int?) {
        self.feed = feed
        state = Guarded(State(sendable: rowLimit ?? .max))
    }

    /// The next item, or nil at the end of the input or of the run.
    func next() async -> FeedItem? {
        guard state.withLock({ $0.sendable > 0 }), let item = await feed.next() else { return nil }
        state.withLock { $0.handed += 1 }
        return item
    }

    /// Takes one of the rows that may be sent; false when there are none left.
    func maySend() -> Bool {
        state.withLock { state in
            guard state.sendable > 0 else { return false }
            state.sendable -= 1
            return true
        }
    }

    /// Items handed out so far.
    var handed: Int { state.withLock { $0.handed } }

    func stop() { feed.stop() }

    var failure: SluiceError? { feed.failure }
}
