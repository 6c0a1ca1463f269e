internal import SluiceCore
internal import SluiceStorage

/// Hands out records in the order of the input, counts them, and holds back those for which there is no memory.
final class ReadStage: Sendable {
    /// A row with the room that is reserved for it until its outcome is recorded.
    struct Reading: Sendable {
        let row: Planned
        let room: MemoryGate.Room
    }

    private struct State {
        var handed = 0
        var sendable: Int
        var isStopped = false
        var isEnded = false
        var short = 0
    }

    private let feed: RecordFeed<Planned>
    private let memory: MemoryGate
    private let state: Guarded<State>

    /// - Parameters:
    ///   - rowLimit: At most so many rows may be sent.
    ///   - memory: Where rows get the memory that they take.
    init(_ feed: RecordFeed<Planned>, rowLimit: Int?, memory: MemoryGate) {
        self.feed = feed
        self.memory = memory
        state = Guarded(State(sendable: rowLimit ?? .max))
    }

    /// The next row, or nil at the end of the input or of the run.
    ///
    /// Suspends until there is memory for it; whoever gets a row calls ``release(_:written:)`` once it is recorded.
    func next() async -> Reading? {
        guard state.withLock({ $0.sendable > 0 }), let row = await feed.next() else {
            state.withLock { $0.isEnded = true }
            return nil
        }
        let (room, isReserved) = memory.reserve(rowOf: row.length)
        if !isReserved {
            state.withLock { $0.short += 1 }
            await memory.wait(for: room)
            state.withLock { $0.short -= 1 }
        }
        // A row that waited when the run was stopped has come to no slot; it is left.
        let isHanded = state.withLock { state in
            if state.isStopped, !isReserved { return false }
            state.handed += 1
            return true
        }
        return isHanded ? Reading(row: row, room: room) : nil
    }

    /// Gives the room of a row back.
    /// - Parameter written: The length of the line that was written of it.
    func release(_ room: MemoryGate.Room, written: Int) { memory.release(room, written: written) }

    /// Takes one of the rows that may be sent; false when there are none left.
    func maySend() -> Bool {
        state.withLock { state in
            guard state.sendable > 0 else { return false }
            state.sendable -= 1
            return true
        }
    }

    /// Whether no more rows come.
    var isEnded: Bool { state.withLock { $0.isEnded } }
    /// Whether rows wait for memory.
    var isShortOfMemory: Bool { state.withLock { $0.short > 0 } }
    /// Rows handed out so far.
    var handed: Int { state.withLock { $0.handed } }

    func stop() {
        feed.stop()
        state.withLock { $0.isStopped = true }
        memory.open()
    }

    var failure: SluiceError? { feed.failure }
    /// Whether every row of the input was handed out.
    var hasReadAll: Bool { feed.hasReadAll }
}
