/// Bits in the order of deflate: the first is the lowest of its byte (RFC 1951 §3.1.1).
struct BitWriter: Sendable {
    /// The whole bytes so far.
    private(set) var bytes: [UInt8] = []
    private var pending: UInt32 = 0
    private var count = 0

    /// How many bits the last byte has, 0 to 7.
    var rest: Int { count }

    /// Appends a number, its lowest bit first.
    mutating func add(_ value: Int, bits: Int) {
        pending |= UInt32(value) << UInt32(count)
        count += bits
        while count >= 8 {
            bytes.append(UInt8(pending & 0xFF))
            pending >>= 8
            count -= 8
        }
    }

    /// Appends a Huffman code, which begins with its highest bit.
    mutating func add(code: Int, bits: Int) {
        for bit in (0..<bits).reversed() { add(code >> bit & 1, bits: 1) }
    }

    /// Fills the last byte with zeros.
    mutating func align() {
        if count > 0 { add(0, bits: 8 - count) }
    }
}
