/// Compressed bodies (RFC 1952).
enum Gzip {
    private static let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

    /// A body compressed; `isSound` false makes its checksum wrong.
    static func packed(_ bytes: [UInt8], isSound: Bool) -> [UInt8] {
        var deflate = Deflate()
        deflate.block(bytes, isLast: true)
        deflate.align()
        var sum = CRC32()
        sum.add(bytes)
        return head + deflate.bits.bytes + tail(isSound ? sum.value : ~sum.value, bytes.count)
    }

    /// A body that is much larger than what is sent of it: `times` bytes of one kind between two texts.
    ///
    /// The zeros between the parts stand for a thousand times as many bytes and are made while they are sent.
    static func bomb(_ before: [UInt8], _ filler: UInt8, times: Int, _ after: [UInt8]) -> PaddedBody {
        let matches = max(0, times - 1) / Deflate.longestMatch
        let singles = times - matches * Deflate.longestMatch
        var start = Deflate()
        start.block(before + Array(repeating: filler, count: singles), isLast: false)
        start.beginRun()
        // A match is two zero bits, wherever in a byte they are.
        let toBorder = min((8 - start.bits.rest) % 8, 2 * matches)
        start.run(bits: toBorder)
        let whole = (2 * matches - toBorder) / 8
        // Without a single whole byte the rest still belongs to the byte that is begun.
        var end = whole > 0 ? Deflate() : start
        end.run(bits: 2 * matches - toBorder - whole * 8)
        end.endRun()
        end.block(after, isLast: true)
        end.align()
        var sum = CRC32()
        sum.add(before)
        sum.add(filler, times: times)
        sum.add(after)
        let length = before.count + times + after.count
        return PaddedBody(
            before: head + (whole > 0 ? start.bits.bytes : []), filler: 0, times: whole,
            after: end.bits.bytes + tail(sum.value, length))
    }

    private static func tail(_ checksum: UInt32, _ length: Int) -> [UInt8] {
        [checksum, UInt32(truncatingIfNeeded: length)].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }
}
