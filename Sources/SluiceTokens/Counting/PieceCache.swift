/// How many tokens pieces have that were seen before: two tables without chains, in which the newer piece wins.
///
/// A short piece's entry is its key with the count in the free bits. An entry for a longer piece, of up to 56 bytes,
/// is a cache line: the bytes, and a word with length, count and some bits of the hash. Both hold the piece itself, so
/// that a hit is never a mistake.
struct PieceCache: Sendable {
    static var longest: Int { 56 }

    private var short: [UInt64]
    private var long: [UInt64]

    /// Room for 2 to the power of `bits` short pieces, and a quarter as many long ones: 32 bytes each in all.
    init(bits: Int) {
        short = [UInt64](repeating: 0, count: 2 << bits)
        long = [UInt64](repeating: 0, count: 8 << (bits - 2))
    }

    /// Lends the tables for the length of a call.
    @inline(__always)
    mutating func withLookups<R>(_ body: (Lookup) -> R) -> R {
        short.withUnsafeMutableBufferPointer { short in
            long.withUnsafeMutableBufferPointer { long in
                let bits = UInt64(short.count.trailingZeroBitCount - 1)
                return body(
                    Lookup(
                        short: short.baseAddress.unsafelyUnwrapped, long: long.baseAddress.unsafelyUnwrapped,
                        shortShift: 64 - bits, longShift: 66 - bits))
            }
        }
    }

    /// The tables, lent.
    struct Lookup {
        fileprivate let short: UnsafeMutablePointer<UInt64>
        fileprivate let long: UnsafeMutablePointer<UInt64>
        fileprivate let shortShift: UInt64
        fileprivate let longShift: UInt64

        /// The tokens of a piece of at most 15 bytes; asks `count` if it is new.
        @inline(__always)
        func tokens(_ key: PieceKey, _ count: () -> Int) -> Int {
            let slot = short + 2 * Int(truncatingIfNeeded: key.hash >> shortShift)
            let rest = slot[1] ^ key.high
            if slot[0] == key.low, rest & 0xF0FF_FFFF_FFFF_FFFF == 0 { return Int(truncatingIfNeeded: rest >> 56) }
            let tokens = count()
            slot[0] = key.low
            slot[1] = key.high | UInt64(truncatingIfNeeded: tokens) << 56
            return tokens
        }

        /// The tokens of a piece of 16 to 56 bytes with that ``TokenTable/hash(_:count:)``; asks `count` if it is new.
        @inline(__always)
        func tokens(_ base: UnsafePointer<UInt8>, length: Int, hash: UInt64, _ count: () -> Int) -> Int {
            let slot = long + 8 * Int(truncatingIfNeeded: hash >> longShift)
            let head = UInt64(truncatingIfNeeded: length) << 56 | hash & 0xFFFF_FFFF_FFFF
            if slot[0] & 0xFF00_FFFF_FFFF_FFFF == head, Self.equal(base, slot + 1, length) {
                return Int(truncatingIfNeeded: slot[0] >> 48 & 0xFF)
            }
            let tokens = count()
            slot[0] = head | UInt64(truncatingIfNeeded: tokens) << 48
            UnsafeMutableRawPointer(slot + 1).copyMemory(from: base, byteCount: length)
            return tokens
        }

        @inline(__always)
        private static func equal(_ base: UnsafePointer<UInt8>, _ words: UnsafePointer<UInt64>, _ length: Int) -> Bool {
            let bytes = UnsafeRawPointer(words)
            var at = 0
            while at + 8 <= length {
                guard load(UnsafeRawPointer(base) + at) == load(bytes + at) else { return false }
                at += 8
            }
            return load(UnsafeRawPointer(base) + length - 8) == load(bytes + length - 8)
        }

        @inline(__always)
        private static func load(_ pointer: UnsafeRawPointer) -> UInt64 { pointer.loadUnaligned(as: UInt64.self) }
    }
}
