internal import SluiceCore
internal import SluiceStorage

/// Counts the samples that the rows of a run have asked of each request.
///
/// A table of eight bytes a request, with linear probing: 40 bits of the hash and a count. Should two requests have these
/// bits in common, one of them gets a later sample than it could have, which costs a request and nothing else.
final class SampleCounter: Sendable {
    private struct Table {
        /// 0 is a free place; a count is never 0.
        var slots = [UInt64](repeating: 0, count: 1024)
        var used = 0
    }

    private static let countBits: UInt64 = 24
    private static let most = (1 << 24) - 1
    private let table = Guarded(Table())

    /// Takes the next samples of a request; returns the first of them.
    func take(_ samples: Int, of question: RequestHash) -> Int {
        let hash = UInt64(bitPattern: question.head)
        return table.withLock { table in
            if table.used * 4 >= table.slots.count * 3 { Self.grow(&table) }
            let place = Self.place(of: hash, in: table.slots)
            if table.slots[place] == 0 {
                table.used += 1
                table.slots[place] = hash & ~UInt64(Self.most)
            }
            let first = Int(table.slots[place] & UInt64(Self.most))
            table.slots[place] += UInt64(min(samples, Self.most - first))
            return first
        }
    }

    private static func grow(_ table: inout Table) {
        let slots = table.slots
        table.slots = [UInt64](repeating: 0, count: slots.count * 2)
        for slot in slots where slot != 0 { table.slots[place(of: slot, in: table.slots)] = slot }
    }

    /// Where a hash is, or the free place where it belongs; only the bits that are kept decide.
    private static func place(of hash: UInt64, in slots: [UInt64]) -> Int {
        let tag = hash >> countBits
        // Fibonacci hashing spreads the tag over the table.
        var place = Int(
            truncatingIfNeeded: (tag &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - slots.count.trailingZeroBitCount))
        while slots[place] != 0, slots[place] >> countBits != tag { place = (place + 1) & (slots.count - 1) }
        return place
    }
}
