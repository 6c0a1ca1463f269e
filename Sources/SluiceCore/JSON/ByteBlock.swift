/// Sixteen bytes of text at once, so that long strings are searched without a look at each byte.
struct ByteBlock {
    /// Marks some of the bytes.
    typealias Hits = SIMDMask<SIMD16<Int8>>

    /// How many bytes a block has.
    static var count: Int { 16 }

    private let bytes: SIMD16<UInt8>

    /// Loads the bytes at a pointer, which need not be aligned.
    @inline(__always)
    init(_ pointer: UnsafePointer<UInt8>) {
        bytes = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    /// Marks the bytes that are `byte`.
    @inline(__always)
    func equal(_ byte: UInt8) -> Hits { bytes .== SIMD16(repeating: byte) }

    /// Marks the control characters: the bytes below 0x20.
    @inline(__always)
    var controls: Hits { bytes .< SIMD16(repeating: 0x20) }

    /// Marks the bytes of multi-byte sequences: 0x80 and above.
    @inline(__always)
    var nonASCII: Hits { bytes .>= SIMD16(repeating: 0x80) }

    /// Which of the bytes, from 0, is the first marked one; nil if none is.
    @inline(__always)
    static func first(_ hits: Hits) -> Int? {
        // A mask has all bits of a marked byte set. Two words are searched faster than the lanes one by one.
        let words = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
        let (low, high) = (UInt64(littleEndian: words[0]), UInt64(littleEndian: words[1]))
        if low | high == 0 { return nil }
        return low != 0 ? low.trailingZeroBitCount / 8 : 8 + high.trailingZeroBitCount / 8
    }
}
