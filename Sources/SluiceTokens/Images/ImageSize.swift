/// The width and height of an image in pixels, from the first bytes of its file.
struct ImageSize: Sendable, Equatable {
    var width: Int
    var height: Int

    /// Reads the header of a PNG, JPEG, GIF or WebP file; nil for anything else, or if the header is cut off.
    init?(_ bytes: [UInt8]) {
        let reader = Reader(bytes: bytes)
        guard let size = reader.png ?? reader.gif ?? reader.webP ?? reader.jpeg else { return nil }
        guard size.width > 0, size.height > 0 else { return nil }
        (width, height) = size
    }

    private struct Reader {
        let bytes: [UInt8]

        func starts(with text: String, at offset: Int = 0) -> Bool {
            bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
        }

        func big(_ at: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
        }

        func little(_ at: Int, _ count: Int) -> Int {
            (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
        }

        /// PNG specification 11.2.1: IHDR is the first chunk.
        var png: (width: Int, height: Int)? {
            guard bytes.count >= 24, starts(with: "PNG", at: 1), starts(with: "IHDR", at: 12) else { return nil }
            return (big(16, 4), big(20, 4))
        }

        /// GIF89a specification 18: the logical screen descriptor.
        var gif: (width: Int, height: Int)? {
            guard bytes.count >= 10, starts(with: "GIF8") else { return nil }
            return (little(6, 2), little(8, 2))
        }

        /// RFC 9649: the first chunk is VP8, VP8L or VP8X.
        var webP: (width: Int, height: Int)? {
            guard bytes.count >= 30, starts(with: "RIFF"), starts(with: "WEBP", at: 8) else { return nil }
            if starts(with: "VP8X", at: 12) { return (little(24, 3) + 1, little(27, 3) + 1) }
            if starts(with: "VP8L", at: 12) {
                let bits = little(21, 4)
                return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
            }
            if starts(with: "VP8 ", at: 12) { return (little(26, 2) & 0x3FFF, little(28, 2) & 0x3FFF) }
            return nil
        }

        /// ITU T.81 B.2: segments up to the first frame header.
        var jpeg: (width: Int, height: Int)? {
            guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
            var at = 2
            while at + 9 < bytes.count, bytes[at] == 0xFF {
                let marker = bytes[at + 1]
                if marker == 0xFF {
                    at += 1
                    continue
                }
                // SOF0 to SOF15; three of these numbers are other segments: DHT, JPG and DAC.
                if (0xC0...0xCF).contains(marker), marker != 0xC4, marker != 0xC8, marker != 0xCC {
                    return (big(at + 7, 2), big(at + 5, 2))
                }
                at += 2 + max(2, big(at + 2, 2))
            }
            return nil
        }
    }
}
