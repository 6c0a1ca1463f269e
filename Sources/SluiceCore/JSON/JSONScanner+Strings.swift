extension JSONScanner {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var tops: UInt64 { 0x8080_8080_8080_8080 }

    /// Whether, and at which byte, eight bytes hold a quote, a backslash, a control character or a non-ASCII byte.
    ///
    /// The tests are those of "Bit Twiddling Hacks" (<https://graphics.stanford.edu/~seander/bithacks.html>, "determine
    /// if a word has a byte less than n"); the lowest hit is exact.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let slash = word ^ (ones &* 0x5C)
        let control = (word &- ones &* 0x20) & ~word
        return (((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | control | word) & tops
    }

    @inline(__always)
    private func word(_ at: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
    }

    /// Checks the string that starts with the quote at `offset` and returns the offset behind its end.
    func validateString(_ offset: Int) throws(JSONError) -> Int {
        var at = offset + 1
        while true {
            while at + 8 <= end {
                let hits = Self.special(word(at))
                if hits != 0 {
                    at += hits.trailingZeroBitCount / 8
                    break
                }
                at += 8
            }
            guard at < end else { throw JSONError("string without an end", at: offset) }
            let byte = base[at]
            if byte == UInt8(ascii: "\"") { return at + 1 }
            if byte == UInt8(ascii: "\\") {
                at = try validateEscape(at)
            } else if byte < 0x20 {
                throw JSONError("control character in a string", at: at)
            } else if byte < 0x80 {
                at += 1
            } else {
                at = try validateSequence(at)
            }
        }
    }

    private func validateEscape(_ at: Int) throws(JSONError) -> Int {
        guard at + 1 < end else { throw JSONError("string without an end", at: at) }
        switch base[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return at + 2
        case UInt8(ascii: "u"):
            guard at + 6 <= end else { throw JSONError("string without an end", at: at) }
            for index in 2..<6 where Self.hexDigit(base[at + index]) == nil {
                throw JSONError("bad \\u escape", at: at)
            }
            return at + 6
        default:
            throw JSONError("bad escape", at: at)
        }
    }

    /// Checks one UTF-8 sequence of two to four bytes (Unicode 16, table 3-7).
    private func validateSequence(_ at: Int) throws(JSONError) -> Int {
        let lead = base[at]
        let low: UInt8
        let high: UInt8
        let count: Int
        switch lead {
        case 0xC2...0xDF: (count, low, high) = (2, 0x80, 0xBF)
        case 0xE0: (count, low, high) = (3, 0xA0, 0xBF)
        case 0xED: (count, low, high) = (3, 0x80, 0x9F)
        case 0xE1...0xEF: (count, low, high) = (3, 0x80, 0xBF)
        case 0xF0: (count, low, high) = (4, 0x90, 0xBF)
        case 0xF1...0xF3: (count, low, high) = (4, 0x80, 0xBF)
        case 0xF4: (count, low, high) = (4, 0x80, 0x8F)
        default: throw JSONError("invalid UTF-8", at: at)
        }
        guard at + count <= end, base[at + 1] >= low, base[at + 1] <= high else {
            throw JSONError("invalid UTF-8", at: at)
        }
        for index in 2..<max(count, 2) where base[at + index] & 0xC0 != 0x80 {
            throw JSONError("invalid UTF-8", at: at)
        }
        return at + count
    }

    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }

    /// The offset behind the validated string that starts at `offset`.
    func skipString(_ offset: Int) -> Int {
        var at = offset + 1
        while at < end {
            while at + 8 <= end {
                let text = word(at)
                let quote = text ^ (Self.ones &* 0x22)
                let slash = text ^ (Self.ones &* 0x5C)
                let hits = (((quote &- Self.ones) & ~quote) | ((slash &- Self.ones) & ~slash)) & Self.tops
                if hits != 0 {
                    at += hits.trailingZeroBitCount / 8
                    break
                }
                at += 8
            }
            if at >= end { break }
            if base[at] == UInt8(ascii: "\"") { return at + 1 }
            at += base[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return end
    }

    /// The offset behind the validated value that starts at `offset`.
    package func skip(_ offset: Int) -> Int {
        guard offset < end else { return end }
        switch base[offset] {
        case UInt8(ascii: "\""):
            return skipString(offset)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var at = offset
            var depth = 0
            while at < end {
                switch base[at] {
                case UInt8(ascii: "\""):
                    at = skipString(at)
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
                at += 1
                if depth == 0 { return at }
            }
            return end
        default:
            var at = offset
            while at < end {
                switch base[at] {
                case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09: return at
                default: at += 1
                }
            }
            return at
        }
    }
}
