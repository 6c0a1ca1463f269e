/// A piece of at most 15 bytes as a number: its bytes, and its length in the top four bits.
///
/// Two pieces are equal if their keys are, so that a table of keys needs no look at the bytes. The four bits below the
/// length are free.
struct PieceKey: Equatable {
    static var longest: Int { 15 }

    let low: UInt64
    let high: UInt64

    /// The key of `count` bytes, 1 to 15, of which `available` may be read (and, before `at`, `behind`).
    @inline(__always)
    init(_ base: UnsafePointer<UInt8>, at: Int, count: Int, end: Int) {
        var low: UInt64
        var high: UInt64
        if at + 16 <= end {
            low = Self.load(base + at)
            high = Self.load(base + at + 8)
        } else if end >= 16 {
            // Near the end: the last 16 bytes, those before the piece shifted out.
            let shift = UInt64(at + 16 - end) * 8
            low = Self.load(base + end - 16)
            high = Self.load(base + end - 8)
            low = shift < 64 ? low >> shift | (high << 1) << (63 - shift) : high >> (shift - 64)
            high = shift < 64 ? high >> shift : 0
        } else {
            low = 0
            high = 0
            for index in 0..<count {
                let byte = UInt64(base[at + index])
                if index < 8 { low |= byte << UInt64(index * 8) } else { high |= byte << UInt64(index * 8 - 64) }
            }
        }
        self.init(low: low, high: high, count: count)
    }

    /// The key of the first `count` of 16 bytes.
    @inline(__always)
    init(low: UInt64, high: UInt64, count: Int) {
        let bits = UInt64(truncatingIfNeeded: count * 8)
        let isLong = count > 8
        // Shifts by masked amounts, corrected where the amount is 64: that compiles to moves without a branch.
        let lowMask: UInt64 = count >= 8 ? ~0 : (1 &<< bits) &- 1
        let highMask: UInt64 = isLong ? (1 &<< (bits &- 64)) &- 1 : 0
        self.low = low & lowMask
        self.high = high & highMask | UInt64(truncatingIfNeeded: count) << 60
    }

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// A number whose top bits are spread evenly.
    @inline(__always)
    var hash: UInt64 {
        let mixed = low ^ (high &* 0x9E37_79B9_7F4A_7C15)
        let product = mixed &* 0xD6E8_FEB8_6659_FD93
        return (product ^ (product >> 32)) &* 0x9E37_79B9_7F4A_7C15
    }

    @inline(__always)
    private static func load(_ pointer: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(pointer).loadUnaligned(as: UInt64.self))
    }
}
