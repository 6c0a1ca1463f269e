internal import SluiceCore
internal import SluiceScheduling
internal import SluiceStorage
internal import SluiceTransport

/// The memory that rows and answers in flight take together: rows wait for it before they are handed out, answers
/// before more of them is read from the network (docs/decisions/0022-what-a-reply-may-take-and-whose-it-is.md).
final class MemoryGate: ReplyMemory {
    /// What is reserved for one row from its reading to its line.
    struct Room: Sendable {
        /// All of it, in bytes.
        let bytes: Int
        /// The size of a reply that needs no more than that.
        let reply: Int

        /// Nothing.
        static let none = Room(bytes: 0, reply: 0)
    }

    private enum Waiter: Sendable {
        case row(Suspension<Void>)
        case reply(@Sendable () -> Void)

        func resume() {
            switch self {
            case .row(let suspension): suspension.resume(returning: ())
            case .reply(let later): later()
            }
        }
    }

    private struct State {
        var budget: ByteBudget<Waiter>
        /// The longest line that was written of late, which says how large answers are.
        var lineSize = 2048
    }

    /// What an answer takes, in its own sizes: the reply, the line written of it, and the lines that wait to be written
    /// together, in an array that grows by doubling.
    private static let copiesOfReply = 4
    /// The row, the request made of it, the copy on its way out, and the row's part of the line.
    private static let copiesOfRow = 4

    private let state: Guarded<State>

    /// - Parameter limit: The bytes that may be reserved together.
    init(limit: Int) {
        state = Guarded(State(budget: ByteBudget(limit: limit)))
    }

    /// Reserves what a row may take on its way, as far as one can tell, if there is room for it now.
    /// - Parameter length: The row's, in bytes; nil needs no room.
    func reserve(rowOf length: Int?) -> (room: Room, isReserved: Bool) {
        state.withLock { state in
            let room =
                if let length {
                    Room(
                        bytes: Self.copiesOfRow * length + Self.copiesOfReply * state.lineSize, reply: state.lineSize)
                } else {
                    Room.none
                }
            return (room, state.budget.reserve(room.bytes))
        }
    }

    /// Waits for room that ``reserve(rowOf:)`` did not find.
    func wait(for room: Room) async {
        await suspended { waiter in
            let isReserved = state.withLock { state in
                if state.budget.reserve(room.bytes) { return true }
                state.budget.wait(for: room.bytes, .row(waiter))
                return false
            }
            if isReserved { waiter.resume(returning: ()) }
        }
    }

    /// Gives a row's room back.
    /// - Parameter written: The length of the line that was written of it.
    func release(_ room: Room, written: Int) {
        let served = state.withLock { state in
            // Answers that grow are believed at once; once they shrink, some hundred of them are.
            state.lineSize = max(written, state.lineSize - state.lineSize / 128, 2048)
            return state.budget.release(room.bytes)
        }
        for waiter in served { waiter.resume() }
    }

    /// Lets every row go on; the run is being stopped.
    func open() {
        let waiters = state.withLock { $0.budget.close() }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: replies larger than expected

    func take(_ bytes: Int, isFirst: Bool, later: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { $0.budget.grow(by: Self.copiesOfReply * bytes, isFirst: isFirst, .reply(later)) }
    }

    func giveBack(_ bytes: Int) {
        let served = state.withLock { $0.budget.shrink(by: Self.copiesOfReply * bytes) }
        for waiter in served { waiter.resume() }
    }
}
