import SluiceCore

/// A small vector that is a pure function of the bytes it stands for.
struct Embedding: Sendable {
    /// The length of a vector if the request does not say.
    static let usualDimensions = 8

    /// Its numbers; their squares add up to 1.
    let values: [Float]

    init(of text: Bytes, dimensions: Int) {
        var random = SeededRandom(seed: ContentHash.of(text), stream: 0)
        let drawn = (0..<dimensions).map { _ in Float(random.normal()) }
        let length = drawn.reduce(0) { $0 + $1 * $1 }.squareRoot()
        values = drawn.map { length > 0 ? $0 / length : $0 }
    }

    /// The numbers as little-endian 32-bit floats in base64 (RFC 4648), as OpenAI's clients ask for them.
    var base64: String {
        let bytes = values.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for digit in 0..<4 {
                let isPadding = digit > group.count
                text.append(isPadding ? UInt8(ascii: "=") : Self.alphabet[Int(bits >> UInt32(18 - 6 * digit) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
