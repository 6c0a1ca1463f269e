/// Eight bytes of text in one word, so that long strings are searched eight bytes at a time.
///
/// The tests are those of "Bit Twiddling Hacks" (<https://graphics.stanford.edu/~seander/bithacks.html>, "determine if
/// a word has a byte less than n"). Each sets the top bit of the bytes that it finds; above the lowest such byte there
/// may be false hits, so only the lowest is exact. That holds for hits joined with `|`, too.
struct ByteWord {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var tops: UInt64 { 0x8080_8080_8080_8080 }

    /// The bytes, the first one lowest.
    private let bits: UInt64

    /// Loads the eight bytes at a pointer, which need not be aligned.
    @inline(__always)
    init(_ pointer: UnsafePointer<UInt8>) {
        bits = UInt64(littleEndian: UnsafeRawPointer(pointer).loadUnaligned(as: UInt64.self))
    }

    /// Marks the bytes that are `byte`.
    @inline(__always)
    func equal(_ byte: UInt8) -> UInt64 {
        let difference = bits ^ (Self.ones &* UInt64(byte))
        return (difference &- Self.ones) & ~difference & Self.tops
    }

    /// Marks the control characters: the bytes below 0x20.
    @inline(__always)
    var controls: UInt64 { (bits &- Self.ones &* 0x20) & ~bits & Self.tops }

    /// Marks the bytes of multi-byte sequences: 0x80 and above.
    @inline(__always)
    var nonASCII: UInt64 { bits & Self.tops }

    /// Which of the eight bytes, from 0, is the lowest marked one; `hits` must not be 0.
    @inline(__always)
    static func lowest(_ hits: UInt64) -> Int { hits.trailingZeroBitCount / 8 }
}
