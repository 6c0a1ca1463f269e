/// Numbers and names as text; without Foundation.
enum Figure {
    /// A number with so many digits behind the point, 0 to 3.
    static func text(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        let scale = [1, 10, 100, 1000][digits]
        let whole = Int((value * Double(scale)).rounded())
        let sign = whole < 0 ? "-" : ""
        guard digits > 0 else { return "\(whole)" }
        let fraction = String(whole.magnitude % UInt(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(sign)\(whole.magnitude / UInt(scale)).\(zeros)\(fraction)"
    }

    /// A text that is filled up with blanks.
    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
