internal import CVocabularies

/// Which bytes are a token: an open-addressing table of ids, each with some bits of its hash.
///
/// The bytes themselves stay with the ``Vocabulary``; the bits make it rare that they are looked at in vain.
struct TokenTable: Sendable {
    /// `tag << 18 | id`, or all ones.
    private(set) var slots: [UInt32]
    let shift: UInt64

    static var none: UInt32 { .max }

    /// An empty table with room for so many tokens.
    init(capacity: Int) {
        let bits = max(9, UInt64(UInt64.bitWidth - (capacity * 3 / 2).leadingZeroBitCount))
        slots = [UInt32](repeating: Self.none, count: 1 << Int(bits))
        shift = 64 - bits
    }

    /// Enters all tokens but gaps, which have no bytes.
    mutating func insert(_ bytes: UnsafePointer<UInt8>, _ starts: UnsafePointer<UInt32>, count: Int, end: Int) {
        let shift = shift
        let mask = slots.count - 1
        // The slot of a token is asked for some tokens ahead, so that memory is not waited for.
        let ahead = 16
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: ahead) { hashes in
            hashes.initialize(repeating: 0)
            slots.withUnsafeMutableBufferPointer { slots in
                guard let slots = slots.baseAddress else { return }
                for id in 0..<count + ahead {
                    let hash = hashes[id % ahead]
                    if id >= ahead, starts[id - ahead + 1] > starts[id - ahead] {
                        var at = Int(truncatingIfNeeded: hash >> shift)
                        while slots[at] != Self.none { at = (at + 1) & mask }
                        slots[at] = Self.tag(hash) | UInt32(id - ahead)
                    }
                    guard id < count else { continue }
                    let start = Int(starts[id])
                    let length = Int(starts[id + 1]) - start
                    guard length > 0 else { continue }
                    let next =
                        length <= PieceKey.longest
                        ? PieceKey(bytes, at: start, count: length, end: end).hash
                        : Self.hash(bytes + start, count: length)
                    hashes[id % ahead] = next
                    sluice_prefetch(slots + Int(truncatingIfNeeded: next >> shift))
                }
            }
        }
    }

    /// Bits of a hash that its slot does not depend on, in the place that they have in a slot.
    @inline(__always)
    static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) & 0xFFFC_0000 }

    /// The hash of a piece of more than 15 bytes.
    @inline(__always)
    static func hash(_ base: UnsafePointer<UInt8>, count: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: count)
        var at = 0
        while at + 8 <= count {
            hash = mix(hash ^ UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
            at += 8
        }
        return mix(hash ^ UnsafeRawPointer(base + count - 8).loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    private static func mix(_ word: UInt64) -> UInt64 {
        let (high, low) = (word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return high ^ low
    }
}
