/// A deflate stream (RFC 1951), written block by block.
///
/// Of its own rather than zlib's, which the client unpacks with: a provider that shared the client's library would share
/// its mistakes. So, too, a bomb need not be compressed: its body is a code table in which "258 times the byte before" is
/// two zero bits, and then nothing but zeros.
struct Deflate: Sendable {
    /// How many bytes the longest match stands for.
    static let longestMatch = 258

    private(set) var bits = BitWriter()

    /// Length symbols from 257 and distance symbols from 0: where each begins, and its further bits.
    private static let lengths = starts(at: 3, growing: 4, count: 28)
    private static let distances = starts(at: 1, growing: 2, count: 30)

    private static func starts(at first: Int, growing step: Int, count: Int) -> [(start: Int, bits: Int)] {
        var (all, next): ([(Int, Int)], Int) = ([], first)
        for symbol in 0..<count {
            let bits = max(0, symbol / step - 1)
            all.append((next, bits))
            next += 1 << bits
        }
        return all
    }

    /// Appends bytes in a block with the fixed codes; what has come before in them is not repeated.
    mutating func block(_ bytes: [UInt8], isLast: Bool) {
        bits.add(isLast ? 1 : 0, bits: 1)
        bits.add(1, bits: 2)
        var seen: [Int: Int] = [:]
        var at = 0
        while at < bytes.count {
            let before = at + 2 < bytes.count ? seen.updateValue(at, forKey: Self.key(bytes, at)) : nil
            if let before, at - before <= 32_768 {
                var length = 3
                while length < Self.longestMatch, at + length < bytes.count,
                    bytes[before + length] == bytes[at + length]
                { length += 1 }
                match(length: length, distance: at - before)
                at += length
            } else {
                literal(Int(bytes[at]))
                at += 1
            }
        }
        literal(256)
    }

    /// Begins a block in which a zero bit is the longest match, and another the distance 1.
    mutating func beginRun() {
        bits.add(0, bits: 1)
        bits.add(2, bits: 2)
        bits.add(286 - 257, bits: 5)
        bits.add(1 - 1, bits: 5)
        bits.add(18 - 4, bits: 4)
        // The code of the code lengths, in the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1: 18 is 0, 1 is 10, 2 is 11.
        for length in [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2] { bits.add(length, bits: 3) }
        func zeros(_ count: Int) {
            bits.add(code: 0, bits: 1)
            bits.add(count - 11, bits: 7)
        }
        // Symbol 0 has two bits, 256 has two, 285 one, and so has distance 0; no other symbol has a code.
        bits.add(code: 3, bits: 2)
        zeros(138)
        zeros(117)
        bits.add(code: 3, bits: 2)
        zeros(28)
        bits.add(code: 2, bits: 2)
        bits.add(code: 2, bits: 2)
    }

    /// Appends the last few matches of a run, or those up to the end of the byte.
    mutating func run(bits count: Int) { for _ in 0..<count { bits.add(0, bits: 1) } }

    mutating func endRun() { bits.add(code: 3, bits: 2) }

    mutating func align() { bits.align() }

    private mutating func literal(_ symbol: Int) {
        switch symbol {
        case ..<144: bits.add(code: 0x30 + symbol, bits: 8)
        case ..<256: bits.add(code: 0x190 + symbol - 144, bits: 9)
        case ..<280: bits.add(code: symbol - 256, bits: 7)
        default: bits.add(code: 0xC0 + symbol - 280, bits: 8)
        }
    }

    private mutating func match(length: Int, distance: Int) {
        if length == Self.longestMatch {
            literal(285)
        } else {
            let symbol = Self.lengths.lastIndex { $0.start <= length } ?? 0
            literal(257 + symbol)
            bits.add(length - Self.lengths[symbol].start, bits: Self.lengths[symbol].bits)
        }
        let symbol = Self.distances.lastIndex { $0.start <= distance } ?? 0
        bits.add(code: symbol, bits: 5)
        bits.add(distance - Self.distances[symbol].start, bits: Self.distances[symbol].bits)
    }

    private static func key(_ bytes: [UInt8], _ at: Int) -> Int {
        Int(bytes[at]) << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
    }
}
