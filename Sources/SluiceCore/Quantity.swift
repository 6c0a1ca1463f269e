/// The one parser of numbers with units, for flags, configuration and the simulator.
///
/// `k M G` are powers of ten, `KiB MiB GiB` powers of 1024, `ms s m h d` lengths of time.
public enum Quantity {
    /// A number, zero or more: `500`, `200k`, `1.5M`; nil if the text is none.
    public static func count(_ text: String) -> Double? {
        scaled(text, units: ["": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9])
    }

    /// A number of bytes, rounded to whole ones: `4096`, `64KiB`, `1GiB`, `10M`; nil if the text is none.
    public static func bytes(_ text: String) -> Int? {
        scaled(
            text,
            units: [
                "": 1, "B": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9,
                "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
            ]
        ).flatMap { Int(exactly: $0.rounded()) }
    }

    /// A length of time: `250ms`, `30s`, `10m`, `24h`, `2d`, or a bare number of seconds; nil if the text is none.
    public static func span(_ text: String) -> TimeSpan? {
        scaled(text, units: ["": 1, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400]).map(TimeSpan.seconds)
    }

    /// Reads digits, perhaps with a fraction or with `_` between them, and a unit right behind.
    ///
    /// Signs, exponents and blanks are refused: where they turn up in a quantity, something else was meant.
    private static func scaled(_ text: String, units: [String: Double]) -> Double? {
        let digits = text.prefix { isDigit($0) || $0 == "." || $0 == "_" }
        let hasStrayUnderscore = zip(digits, digits.dropFirst()).contains { left, right in
            left == "_" && !isDigit(right) || right == "_" && !isDigit(left)
        }
        guard let factor = units[String(text.dropFirst(digits.count))],
            let first = digits.first, first != "_", let last = digits.last, isDigit(last), !hasStrayUnderscore,
            let number = Double(digits.filter { $0 != "_" })
        else { return nil }
        let product = number * factor
        return product.isFinite ? product : nil
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
}
