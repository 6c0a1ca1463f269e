internal import SluiceCore
internal import SluiceScheduling
internal import SluiceStorage

/// Hands out records in the order of the input, counts them, and holds back those for which there is no memory.
final class ReadStage: Sendable {
    /// An item with the bytes that are reserved for it until its outcome is recorded.
    struct Reading: Sendable {
        let item: FeedItem
        let reserved: Int
    }

    private typealias Waiter = Suspension<Void>

    private struct State {
        var handed = 0
        var sendable: Int
        var budget: ByteBudget<Waiter>
        /// The longest line that was written of late, which says how large answers are.
        var lineSize = 2048
        var isStopped = false
    }

    private let feed: RecordFeed
    private let state: Guarded<State>

    /// - Parameters:
    ///   - rowLimit: At most so many rows may be sent.
    ///   - memory: The bytes that rows in flight may take together.
    init(_ feed: RecordFeed, rowLimit: Int?, memory: Int) {
        self.feed = feed
        state = Guarded(State(sendable: rowLimit ?? .max, budget: ByteBudget(limit: memory)))
    }

    /// The next item, or nil at the end of the input or of the run.
    ///
    /// Suspends until there is memory for it; whoever gets an item calls ``release(_:written:)`` once it is recorded.
    func next() async -> Reading? {
        guard state.withLock({ $0.sendable > 0 }), let item = await feed.next() else { return nil }
        let (reserved, isReserved) = state.withLock { state in
            let bytes = Self.need(item, lineSize: state.lineSize)
            return (bytes, state.budget.reserve(bytes))
        }
        if !isReserved { await wait(for: reserved) }
        // A row that waited when the run was stopped has come to no slot; it is left.
        let isHanded = state.withLock { state in
            if state.isStopped, !isReserved { return false }
            state.handed += 1
            return true
        }
        return isHanded ? Reading(item: item, reserved: reserved) : nil
    }

    private func wait(for bytes: Int) async {
        await suspended { waiter in
            let isReserved = state.withLock { state in
                if state.budget.reserve(bytes) { return true }
                state.budget.wait(for: bytes, waiter)
                return false
            }
            if isReserved { waiter.resume(returning: ()) }
        }
    }

    /// The bytes that an item may take on its way: the row, the request made of it and its copy on the way out, the
    /// reply, and the line written of both.
    private static func need(_ item: FeedItem, lineSize: Int) -> Int {
        switch item {
        case .record(let record): 4 * record.bytes.count + 2 * lineSize
        case .bad: 0
        }
    }

    /// Gives the bytes of an item back.
    /// - Parameter written: The length of the line that was written of it.
    func release(_ reserved: Int, written: Int) {
        let served = state.withLock { state in
            // Answers that grow are believed at once; once they shrink, some hundred of them are.
            state.lineSize = max(written, state.lineSize - state.lineSize / 128, 2048)
            return state.budget.release(reserved)
        }
        for waiter in served { waiter.resume(returning: ()) }
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

    func stop() {
        feed.stop()
        let waiters = state.withLock { state in
            state.isStopped = true
            return state.budget.close()
        }
        for waiter in waiters { waiter.resume(returning: ()) }
    }

    var failure: SluiceError? { feed.failure }
}
