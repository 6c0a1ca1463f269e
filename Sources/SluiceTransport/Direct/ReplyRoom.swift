internal import NIOCore

/// The memory that there is for one reply: what its call expected, and what was taken beyond that.
struct ReplyRoom {
    /// The size in bytes that the reply may have before more must be taken.
    let size: Int
    /// How much of that was taken, in bytes.
    private(set) var taken = 0
    /// Since when nothing is read for want of memory.
    var heldSince: NIODeadline?

    init(size: Int) { self.size = size }

    private init(size: Int, taken: Int) {
        self.size = size
        self.taken = taken
    }

    /// Whether nothing is read for want of memory.
    var isHeld: Bool { heldSince != nil }
    /// What the reply owns of the memory, in bytes; one that still waits gets all of it then, and gives it back itself.
    var given: Int { isHeld ? 0 : taken }

    /// The same once the reply may have another size.
    func grown(to size: Int) -> ReplyRoom { ReplyRoom(size: size, taken: taken + size - self.size) }
}
