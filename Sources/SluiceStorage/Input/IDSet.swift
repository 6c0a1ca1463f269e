import SluiceCore

/// The ids that were seen in an input that cannot be read twice; 8 to 12 bytes each.
///
/// A hash set with open addressing, cut into 256 parts that grow by a quarter, one at a time, so that no growth
/// doubles the memory. 72 bits of an id's SHA-256 decide: among ten million ids the chance of a false "seen" is 10⁻⁸.
package final class IDSet: Sendable {
    private struct Part {
        private var slots = [UInt64](repeating: 0, count: 16)
        private var used = 0

        mutating func insert(_ value: UInt64) -> Bool {
            if used * 8 >= slots.count * 7 { grow() }
            guard place(value) else { return false }
            used += 1
            return true
        }

        private mutating func place(_ value: UInt64) -> Bool {
            var at = Int(value.multipliedFullWidth(by: UInt64(slots.count)).high)
            while slots[at] != 0 {
                if slots[at] == value { return false }
                at += 1
                if at == slots.count { at = 0 }
            }
            slots[at] = value
            return true
        }

        private mutating func grow() {
            let old = slots
            slots = [UInt64](repeating: 0, count: old.count + old.count / 4)
            for value in old where value != 0 { _ = place(value) }
        }
    }

    private let parts = Guarded([Part](repeating: Part(), count: 256))

    /// An empty set.
    package init() {}

    /// Remembers an id, for one of several models; returns whether it is new.
    package func insert(_ id: RowIdentity, asked model: String? = nil) -> Bool {
        let key = HashKey(id.hash.asked(of: model))
        return parts.withLock { $0[key.byte(0)].insert(max(1, key.tail)) }
    }
}
