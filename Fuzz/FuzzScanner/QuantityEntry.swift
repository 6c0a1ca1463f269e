import SluiceCore

/// Quantities of flags, files and headers: never below zero, whole where bytes are meant, and no surprise for a number
/// that is written out.
enum QuantityEntry: FuzzEntry {
    static let name = "quantity"

    static func run(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let (count, size, span) = (Quantity.count(text), Quantity.bytes(text), Quantity.span(text))
        expect((count ?? 0) >= 0 && (count ?? 0).isFinite, "a count below zero or without end", bytes)
        expect((size ?? 0) >= 0, "a size below zero", bytes)
        expect((span ?? .zero) >= .zero, "a span below zero", bytes)
        if !text.isEmpty, text.utf8.count < 10, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) {
            expect(size == Int(text) && count == Double(text), "a whole number is another one", bytes)
        }
        return count != nil || size != nil || span != nil
    }

    static let corpus = [
        "500", "200k", "1.5M", "2G", "64KiB", "1GiB", "10MB", "250ms", "30s", "10m", "24h", "2d", "1_000_000", "0",
        "0.5", ".5", "5.", "1__0", "-1", "1e9", "999999999999999999999999", "9223372036854775807", "1.7976931348623157",
    ].map { Array($0.utf8) }

    static let tokens =
        [
            "k", "K", "M", "G", "Ki", "B", "KiB", "ms", "s", "m", "h", "d", "_", ".", "0", "9", "-", "+", "e", " ", "٣",
            "\u{301}",
        ]
        .map { Array($0.utf8) } + [[0xFF], [0x00], [UInt8](repeating: 0x39, count: 400)]
}
