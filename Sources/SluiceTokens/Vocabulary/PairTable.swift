internal import CVocabularies

/// Which two tokens are merged to which: an open-addressing table with one word for an entry.
///
/// It suffices to know the one pair that each token is merged from last when it is alone: what merges inside a longer
/// text is the same as what merges in the token's own bytes, since nothing merged across their ends.
struct PairTable: Sendable {
    /// The largest id that fits an entry.
    static let largest = 1 << 18 - 1
    /// What is returned for a pair that is not merged; larger than any id.
    static var none: UInt32 { .max }

    /// `left << 36 | right << 18 | merged`, or all ones.
    private(set) var slots: [UInt64]
    let shift: UInt64

    /// An empty table with room for so many pairs.
    init(capacity: Int) {
        let bits = max(4, UInt64(UInt64.bitWidth - (capacity * 3 / 2).leadingZeroBitCount))
        slots = [UInt64](repeating: .max, count: 1 << Int(bits))
        shift = 64 - bits
    }

    /// Enters the pairs of so many merges; `merge` tells each, or nil where there is none.
    mutating func insert(_ count: Int, _ merge: (Int) -> (left: UInt32, right: UInt32, merged: UInt32)?) {
        let shift = shift
        let mask = slots.count - 1
        // The slot of a pair is asked for some pairs ahead, so that memory is not waited for.
        let ahead = 16
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: ahead) { entries in
            entries.initialize(repeating: .max)
            slots.withUnsafeMutableBufferPointer { slots in
                guard let slots = slots.baseAddress else { return }
                for index in 0..<count + ahead {
                    let entry = entries[index % ahead]
                    if index >= ahead, entry != .max {
                        var at = Int(truncatingIfNeeded: Self.hash(entry >> 18) >> shift)
                        while slots[at] != .max { at = (at + 1) & mask }
                        slots[at] = entry
                    }
                    entries[index % ahead] = .max
                    guard index < count, let (left, right, merged) = merge(index) else { continue }
                    let key = UInt64(left) << 18 | UInt64(right)
                    entries[index % ahead] = key << 18 | UInt64(merged)
                    sluice_prefetch(slots + Int(truncatingIfNeeded: Self.hash(key) >> shift))
                }
            }
        }
    }

    /// A number whose top bits are spread evenly.
    @inline(__always)
    static func hash(_ key: UInt64) -> UInt64 { key &* 0x9E37_79B9_7F4A_7C15 }
}
