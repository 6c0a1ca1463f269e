extension JSONScanner {
    /// Checks the string that starts with the quote at `offset` and returns the offset behind its end.
    func validateString(_ offset: Int) throws(JSONError) -> Int {
        var at = offset + 1
        while true {
            while at + ByteBlock.count <= end {
                let block = ByteBlock(base + at)
                let ends = block.equal(UInt8(ascii: "\"")) .| block.equal(UInt8(ascii: "\\"))
                if let hit = ByteBlock.first(ends .| block.controls .| block.nonASCII) {
                    at += hit
                    break
                }
                at += ByteBlock.count
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
                // Scripts other than Latin come in long runs, in which looking at a block at a time finds nothing.
                repeat { at = try validateSequence(at) } while at < end && base[at] >= 0x80
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
}
