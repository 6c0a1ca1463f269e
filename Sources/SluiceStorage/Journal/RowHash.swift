import Crypto

/// The first 128 bits of a SHA-256: tells whether a row was asked before, to the byte.
package struct RowHash: Sendable, Hashable {
    /// The first eight bytes.
    package let high: UInt64
    /// The eight bytes behind them.
    package let low: UInt64

    /// A hash given by its two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(_ digest: SHA256.Digest) {
        (high, low) = digest.withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    private static let modelVersion = "sluice-row-model-1"

    /// The hash of a row that is asked of several models, for one of them: the first 128 bits of the SHA-256 of a
    /// version, the row's own hash and the model's name; the hash itself without a model.
    package func asked(of model: String?) -> RowHash {
        guard let model else { return self }
        var hash = SHA256()
        hash.update(data: Array(Self.modelVersion.utf8))
        for half in [high, low] { withUnsafeBytes(of: half.bigEndian) { hash.update(bufferPointer: $0) } }
        hash.update(data: Array(model.utf8))
        return RowHash(hash.finalize())
    }

    /// Reads the 32 hexadecimal digits of ``hex``; nil if they are none.
    init?(hex: UnsafeBufferPointer<UInt8>) {
        guard hex.count == 32 else { return nil }
        guard let high = Self.word(hex, at: 0), let low = Self.word(hex, at: 16) else { return nil }
        self.init(high: high, low: low)
    }

    /// Sixteen hexadecimal digits, without a branch for each: an index reads 32 of them for every finished row.
    private static func word(_ hex: UnsafeBufferPointer<UInt8>, at offset: Int) -> UInt64? {
        var word: UInt64 = 0
        var areDigits = true
        for index in offset..<offset + 16 {
            let (digit, letter) = (hex[index] &- 0x30, hex[index] &- 0x61)
            areDigits = areDigits && (digit < 10 || letter < 6)
            word = word << 4 | UInt64(digit < 10 ? digit : letter &+ 10)
        }
        return areDigits ? word : nil
    }

    /// Reads the 32 lower-case hexadecimal digits of ``hex``; nil if the text is none.
    package init?(hex: String) {
        var hex = hex
        guard let hash = hex.withUTF8({ RowHash(hex: $0) }) else { return nil }
        self = hash
    }

    /// The hash as 32 lower-case hexadecimal digits.
    package var hex: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 15
                buffer[index] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
            }
            return 32
        }
    }
}
