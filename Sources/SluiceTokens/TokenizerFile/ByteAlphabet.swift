/// The letters that stand for bytes in a `tokenizer.json` with a byte-level model, as GPT-2 has introduced them.
///
/// Bytes that are printable in Latin-1 stand for themselves; the others are U+0100 and the following, in order.
enum ByteAlphabet {
    private static let bytes: [UInt32: UInt8] = {
        var bytes: [UInt32: UInt8] = [:]
        var next: UInt32 = 0x100
        for byte in UInt8.min...UInt8.max {
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: bytes[UInt32(byte)] = byte
            default:
                bytes[next] = byte
                next += 1
            }
        }
        return bytes
    }()

    /// The bytes that a token's text stands for; nil if it has other letters.
    static func bytes(_ text: String) -> [UInt8]? {
        var found: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = bytes[scalar.value] else { return nil }
            found.append(byte)
        }
        return found
    }
}
