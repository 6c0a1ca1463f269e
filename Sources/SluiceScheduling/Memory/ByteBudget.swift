internal import DequeModule

/// The bytes that rows in flight may take together; what does not fit waits, first come, first served.
///
/// Pure: whoever waits is a value that comes back when its turn has come. A reservation larger than the whole budget
/// is let through alone, so that nothing waits for ever. What has a reservation may turn out to need more, and goes
/// before all that has none; one of those is always let through, whatever it needs, as only its end frees anything.
package struct ByteBudget<Waiter> {
    private typealias Waiting = (bytes: Int, waiter: Waiter)

    /// The bytes that may be reserved together.
    package let limit: Int
    /// The bytes that are reserved.
    package private(set) var reserved = 0
    private var waiting = Deque<Waiting>()
    /// Who needs more than expected and waits for it.
    private var growing = Deque<Waiting>()
    /// How many have more than expected and go on with it; those that wait for even more are not among them.
    private var grown = 0
    private var isClosed = false

    /// A budget of at least one byte.
    package init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Reserves bytes, 0 or more; false if they do not fit now, or others wait already.
    package mutating func reserve(_ bytes: Int) -> Bool {
        guard isClosed || waiting.isEmpty && growing.isEmpty && fits(bytes) else { return false }
        reserved += bytes
        return true
    }

    /// Waits for bytes that ``reserve(_:)`` refused.
    package mutating func wait(for bytes: Int, _ waiter: Waiter) {
        waiting.append((bytes, waiter))
    }

    /// Reserves more for what turns out larger than expected; false if it has to wait for it.
    /// - Parameter isFirst: Whether it has nothing beyond what was expected yet.
    package mutating func grow(by bytes: Int, isFirst: Bool, _ waiter: Waiter) -> Bool {
        if !isFirst { grown -= 1 }
        if grown == 0 || growing.isEmpty && bytes <= limit - reserved {
            reserved += bytes
            grown += 1
            return true
        }
        growing.append((bytes, waiter))
        return false
    }

    /// Gives back all by which something had grown; returns who has theirs now.
    package mutating func shrink(by bytes: Int) -> [Waiter] {
        grown -= 1
        precondition(grown >= 0, "more gave back than had grown")
        return release(bytes)
    }

    /// Gives reserved bytes back; returns who has theirs now, first come first.
    package mutating func release(_ bytes: Int) -> [Waiter] {
        reserved -= bytes
        precondition(reserved >= 0, "more bytes were given back than reserved")
        guard !waiting.isEmpty || !growing.isEmpty else { return [] }
        var served: [Waiter] = []
        while let next = growing.first, grown == 0 || next.bytes <= limit - reserved {
            grown += 1
            served.append(take(next))
            growing.removeFirst()
        }
        while growing.isEmpty, let next = waiting.first, fits(next.bytes) {
            served.append(take(next))
            waiting.removeFirst()
        }
        return served
    }

    /// Ends the waiting of those that have nothing yet: they get their bytes, and so does who comes later.
    package mutating func close() -> [Waiter] {
        isClosed = true
        let served = waiting.map(\.waiter)
        reserved += waiting.reduce(0) { $0 + $1.bytes }
        waiting = []
        return served
    }

    private mutating func take(_ next: Waiting) -> Waiter {
        reserved += next.bytes
        return next.waiter
    }

    private func fits(_ bytes: Int) -> Bool { reserved == 0 || bytes <= limit - reserved }
}
