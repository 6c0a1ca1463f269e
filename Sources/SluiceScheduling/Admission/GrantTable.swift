/// The grants in flight: gives each an id and knows which ids are still open.
///
/// An id is a place in the table and the number of times that the place was used, so that a settlement that comes
/// twice is recognised without hashing.
package struct GrantTable: Sendable {
    private var uses: [UInt32] = []
    private var isOpen: [Bool] = []
    private var free: [UInt32] = []

    /// A table without grants.
    package init() {}

    /// How many grants are open.
    package var count: Int { uses.count - free.count }

    /// Opens a grant and returns its id.
    package mutating func open() -> UInt64 {
        guard let place = free.popLast() else {
            uses.append(0)
            isOpen.append(true)
            return UInt64(uses.count - 1)
        }
        uses[Int(place)] &+= 1
        isOpen[Int(place)] = true
        return UInt64(uses[Int(place)]) << 32 | UInt64(place)
    }

    /// Closes a grant; returns false if it was closed before or never opened.
    package mutating func close(_ id: UInt64) -> Bool {
        let place = UInt32(truncatingIfNeeded: id)
        let index = Int(place)
        guard index < uses.count, isOpen[index], uses[index] == UInt32(truncatingIfNeeded: id >> 32) else {
            return false
        }
        isOpen[index] = false
        free.append(place)
        return true
    }
}
