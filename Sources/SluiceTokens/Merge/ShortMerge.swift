/// Byte pair encoding of a piece of up to ``limit`` bytes: again and again the lowest pair is looked for and joined.
///
/// That is quadratic, and for short pieces faster than anything with a queue.
enum ShortMerge {
    /// Longer pieces are for ``LongMerge``.
    static var limit: Int { 192 }

    /// Merges `count` bytes, at least 2, and leaves the tokens in `ids`.
    /// - Parameters:
    ///   - end: How many bytes may be read.
    ///   - ids: Room for `count` ids.
    ///   - ranks: Room for `count` ids.
    /// - Returns: The number of tokens.
    static func merge(
        _ base: UnsafePointer<UInt8>, count: Int, _ tables: Tables, ids: UnsafeMutablePointer<UInt32>,
        ranks: UnsafeMutablePointer<UInt32>
    ) -> Int {
        // A piece with one character of several bytes has mostly such characters, and they rarely stand first.
        if base[count - 1] >= 0x80 || base[0] >= 0x80 {
            let parts = wholeCharacters(base, count: count, tables, ids)
            guard parts > 1 else { return parts }
            for index in 0..<parts - 1 { ranks[index] = tables.merged(ids[index], ids[index + 1]) }
            return join(parts, tables, ids, ranks)
        }
        for index in 0..<count - 1 {
            ids[index] = tables.byteIDs[Int(base[index])]
            ranks[index] = tables.bytePairs[Int(base[index]) << 8 | Int(base[index + 1])]
        }
        ids[count - 1] = tables.byteIDs[Int(base[count - 1])]
        return join(count, tables, ids, ranks)
    }

    /// Joins the lowest pair, the first of equal ones, until there is none.
    @inline(__always)
    private static func join(
        _ parts: Int, _ tables: Tables, _ ids: UnsafeMutablePointer<UInt32>, _ ranks: UnsafeMutablePointer<UInt32>
    ) -> Int {
        var last = parts - 1
        while last > 0 {
            var best = PairTable.none
            var at = 0
            for index in 0..<last where ranks[index] < best {
                best = ranks[index]
                at = index
            }
            guard best != PairTable.none else { break }
            ids[at] = best
            last -= 1
            // The pair's right half goes; what follows moves up.
            var index = at + 1
            while index < last {
                ids[index] = ids[index + 1]
                ranks[index] = ranks[index + 1]
                index += 1
            }
            if at < last {
                ids[last] = ids[last + 1]
                ranks[at] = tables.merged(best, ids[at + 1])
            }
            if at > 0 { ranks[at - 1] = tables.merged(ids[at - 1], best) }
        }
        return last + 1
    }

    /// Fills `ids` with whole characters where that is safe, else with bytes.
    private static func wholeCharacters(
        _ base: UnsafePointer<UInt8>, count: Int, _ tables: Tables, _ ids: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let text = PieceText(base, end: count)
        var parts = 0
        var at = 0
        var mayTake = false
        var (scalar, length) = text.shortScalar(0)
        while at < count {
            let behind = at + length
            let (next, nextLength) = behind < count ? text.shortScalar(behind) : (0, 1)
            let id = length > 1 ? tables.character(scalar) : WholeCharacters.none
            let isSafe =
                id != WholeCharacters.none && !(mayTake && id & WholeCharacters.looksBefore != 0)
                && !(id & WholeCharacters.looksBehind != 0 && behind < count
                    && (next < 0 || tables.takesFromPrevious(next)))
            if isSafe {
                ids[parts] = id & ~(WholeCharacters.looksBefore | WholeCharacters.looksBehind)
                parts += 1
            } else {
                for index in at..<behind {
                    ids[parts] = tables.byteIDs[Int(base[index])]
                    parts += 1
                }
            }
            mayTake = scalar < 0 || tables.takesFromNext(scalar)
            at = behind
            scalar = next
            length = nextLength
        }
        return parts
    }
}

extension PieceText {
    /// The character at an offset and its length, or -1 and the length 1 where there is none of up to three bytes.
    @inline(__always)
    func shortScalar(_ at: Int) -> (scalar: Int, length: Int) {
        let byte = base[at]
        if byte < 0x80 { return (Int(byte), 1) }
        if byte >= 0xE0, byte < 0xF0, end - at >= 3, base[at + 1] & 0xC0 == 0x80, base[at + 2] & 0xC0 == 0x80 {
            let scalar = Int(byte & 0x0F) << 12 | Int(base[at + 1] & 0x3F) << 6 | Int(base[at + 2] & 0x3F)
            if scalar >= 0x800 { return (scalar, 3) }
        }
        if byte >= 0xC2, byte < 0xE0, end - at >= 2, base[at + 1] & 0xC0 == 0x80 {
            return (Int(byte & 0x1F) << 6 | Int(base[at + 1] & 0x3F), 2)
        }
        return (-1, 1)
    }
}
