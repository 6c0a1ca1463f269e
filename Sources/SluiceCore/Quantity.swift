/// The one parser of numbers with units, for flags, configuration and the simulator.
///
/// `k M G` are powers of ten, `KiB MiB GiB` powers of 1024, `ms s m h d` lengths of time.
public enum Quantity {
    /// A positive number: `500`, `200k`, `1.5M`; nil if the text is none.
    public static func count(_ text: String) -> Double? {
        scaled(text, units: ["": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9])
    }

    /// A number of bytes: `4096`, `64KiB`, `1GiB`, `10M`; nil if the text is none.
    public static func bytes(_ text: String) -> Int? {
        scaled(
            text,
            units: [
                "": 1, "B": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9,
                "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
            ]
        ).flatMap { $0 < 9e18 ? Int($0) : nil }
    }

    /// A length of time: `250ms`, `30s`, `10m`, `24h`, `2d`, or a bare number of seconds; nil if the text is none.
    public static func span(_ text: String) -> TimeSpan? {
        scaled(text, units: ["": 1, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400]).map(TimeSpan.seconds)
    }

    private static func scaled(_ text: String, units: [String: Double]) -> Double? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
        guard let factor = units[String(text.dropFirst(digits.count))],
            let number = Double(digits.filter { $0 != "_" }), number.isFinite, number >= 0
        else { return nil }
        return number * factor
    }
}
