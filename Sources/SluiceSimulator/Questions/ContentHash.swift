import SluiceCore

/// A hash of 64 bits of a body or a text, from which its luck or its vector follows; the same in every process.
///
/// Chance does not bring two alike within billions, but who wants to can: it is not a cryptographic one.
enum ContentHash {
    /// Eight bytes at a time, each mixed in by multiplication and rotation.
    static func of(_ bytes: Bytes) -> UInt64 {
        bytes.withUnsafeBytes { buffer in
            let raw = UnsafeRawBufferPointer(buffer)
            var hash = UInt64(raw.count) &* 0x9E37_79B9_7F4A_7C15
            var at = 0
            while at + 8 <= raw.count {
                hash = mixed(hash, raw.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian)
                at += 8
            }
            var rest: UInt64 = 0
            while at < raw.count {
                rest = rest << 8 | UInt64(raw[at])
                at += 1
            }
            return mixed(hash, rest)
        }
    }

    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word) &* 0xBF58_476D_1CE4_E5B9
        return product ^ (product >> 29)
    }
}
