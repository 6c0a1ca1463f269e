extension JSON {
    /// Resolves the escapes inside a validated string; a lone surrogate becomes U+FFFD.
    ///
    /// Any other text gives some string, too: an escape that is cut off ends it.
    static func unescape(_ text: UnsafeBufferPointer<UInt8>) -> String {
        let first = backslash(text, from: 0)
        guard first < text.count else { return String(decoding: text, as: UTF8.self) }
        // Every escape is longer than what it stands for, so the text as written is room enough.
        return String(unsafeUninitializedCapacity: text.count) { out in
            var written = 0
            var at = 0
            var next = first
            while true {
                for byte in text[at..<next] {
                    out[written] = byte
                    written += 1
                }
                guard next + 1 < text.count else { return written }
                if text[next + 1] == UInt8(ascii: "u") {
                    guard let (scalar, length) = scalar(text, next) else { return written }
                    for byte in scalar.utf8 {
                        out[written] = byte
                        written += 1
                    }
                    at = next + length
                } else {
                    out[written] = meaning(text[next + 1])
                    written += 1
                    at = next + 2
                }
                next = backslash(text, from: at)
            }
        }
    }

    /// Whether there are escapes inside a string.
    package static func hasEscapes(_ text: UnsafeBufferPointer<UInt8>) -> Bool { backslash(text, from: 0) < text.count }

    /// The offset of the first backslash at or after `start`, or the number of bytes if there is none.
    private static func backslash(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = text.baseAddress else { return text.count }
        var at = start
        while at + ByteBlock.count <= text.count {
            if let hit = ByteBlock.first(ByteBlock(base + at).equal(UInt8(ascii: "\\"))) { return at + hit }
            at += ByteBlock.count
        }
        while at < text.count, text[at] != UInt8(ascii: "\\") { at += 1 }
        return at
    }

    /// What a backslash and this byte stand for.
    private static func meaning(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: byte
        }
    }

    /// The character of the `\u` escape at `at` and the length of the escape, of both escapes for a surrogate pair.
    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> (Unicode.Scalar, Int)? {
        guard let unit = codeUnit(text, at) else { return nil }
        if (0xD800..<0xDC00).contains(unit), let low = codeUnit(text, at + 6), (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        {
            return (scalar, 12)
        }
        return (Unicode.Scalar(unit) ?? "\u{FFFD}", 6)
    }

    private static func codeUnit(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
        guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for byte in text[at + 2..<at + 6] { unit = unit << 4 | (JSONScanner.hexDigit(byte) ?? 0) }
        return unit
    }
}
