internal import DequeModule

/// The bytes that rows in flight may take together; what does not fit waits, first come, first served.
///
/// Pure: whoever waits is a value that comes back when its turn has come. A reservation larger than the whole budget
/// is let through alone, so that nothing waits for ever.
package struct ByteBudget<Waiter> {
    /// The bytes that may be reserved together.
    package let limit: Int
    /// The bytes that are reserved.
    package private(set) var reserved = 0
    private var waiting = Deque<(bytes: Int, waiter: Waiter)>()
    private var isClosed = false

    /// A budget of at least one byte.
    package init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Reserves bytes, 0 or more; false if they do not fit now, or others wait already.
    package mutating func reserve(_ bytes: Int) -> Bool {
        guard isClosed || waiting.isEmpty && fits(bytes) else { return false }
        reserved += bytes
        return true
    }

    /// Waits for bytes that ``reserve(_:)`` refused.
    package mutating func wait(for bytes: Int, _ waiter: Waiter) {
        waiting.append((bytes, waiter))
    }

    /// Gives reserved bytes back; returns who has theirs now, first come first.
    package mutating func release(_ bytes: Int) -> [Waiter] {
        reserved -= bytes
        precondition(reserved >= 0, "more bytes were given back than reserved")
        guard !waiting.isEmpty else { return [] }
        var served: [Waiter] = []
        while let next = waiting.first, fits(next.bytes) {
            reserved += next.bytes
            served.append(next.waiter)
            waiting.removeFirst()
        }
        return served
    }

    /// Ends all waiting: whoever waits gets the bytes, and so does who comes later.
    package mutating func close() -> [Waiter] {
        isClosed = true
        let served = waiting.map(\.waiter)
        reserved += waiting.reduce(0) { $0 + $1.bytes }
        waiting = []
        return served
    }

    private func fits(_ bytes: Int) -> Bool { reserved == 0 || bytes <= limit - reserved }
}
