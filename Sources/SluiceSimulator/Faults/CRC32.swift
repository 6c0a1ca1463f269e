/// The checksum of gzip (RFC 1952 §8), also of bytes that are never there.
struct CRC32: Sendable, Equatable {
    /// The checksum of all bytes so far.
    private(set) var value: UInt32 = 0

    private static let polynomial: UInt32 = 0xEDB8_8320
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ polynomial : rest >> 1 }
    }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        var rest = ~value
        for byte in bytes { rest = rest >> 8 ^ Self.table[Int((rest ^ UInt32(byte)) & 0xFF)] }
        value = ~rest
    }

    /// Adds the same byte many times, in as many steps as the number has binary digits.
    mutating func add(_ byte: UInt8, times: Int) {
        var run = CRC32()
        run.add([byte])
        var (left, length) = (times, 1)
        while left > 0 {
            if left & 1 == 1 { value = Self.joined(value, run.value, length) }
            run.value = Self.joined(run.value, run.value, length)
            left >>= 1
            length <<= 1
        }
    }

    /// The checksum of two texts one behind the other, from those of both and the length of the second.
    ///
    /// The first is multiplied by x to the power of the second's bits, modulo the polynomial, as zlib's
    /// `crc32_combine` does it.
    private static func joined(_ first: UInt32, _ second: UInt32, _ length: Int) -> UInt32 {
        var (shift, left, result) = (UInt32(1) << 23, length, first)  // x⁸, the highest bit being x⁰
        while left > 0 {
            if left & 1 == 1 { result = product(shift, result) }
            shift = product(shift, shift)
            left >>= 1
        }
        return result ^ second
    }

    /// The product of two polynomials over two elements, modulo the checksum's.
    private static func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
        var (factor, sum) = (right, UInt32(0))
        for bit in 0..<32 {
            if left & (1 << (31 - UInt32(bit))) != 0 { sum ^= factor }
            factor = factor & 1 == 1 ? factor >> 1 ^ polynomial : factor >> 1
        }
        return sum
    }
}
