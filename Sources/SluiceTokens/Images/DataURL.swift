internal import SluiceCore

/// The beginning of the data in a `data:` URL (RFC 2397).
enum DataURL {
    /// Enough for the headers of images; a JPEG file may have a small picture before its own size.
    private static let limit = 64 << 10

    /// The first bytes of the data behind a JSON string with a URL in base64; nil for any other URL.
    static func head(_ json: Bytes) -> [UInt8]? {
        guard json.count > 2 else { return nil }
        let text = json[1..<min(json.count - 1, limit)]
        return text.withUnsafeBytes { text in
            guard text.starts(with: "data:".utf8), let comma = text.prefix(256).firstIndex(of: UInt8(ascii: ",")),
                text[..<comma].reversed().starts(with: "46esab;".utf8)
            else { return nil }
            return decode(UnsafeBufferPointer(rebasing: text[(comma + 1)...]))
        }
    }

    /// Base64 (RFC 4648) up to the first byte that is none; the backslash of an escaped slash is passed over.
    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case 0x41...0x5A: digit = byte - 0x41
            case 0x61...0x7A: digit = byte - 0x61 + 26
            case 0x30...0x39: digit = byte - 0x30 + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
            case UInt8(ascii: "\\"): continue
            default: return bytes
            }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
