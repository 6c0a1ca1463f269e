/// Numbers for people.
enum NumberText {
    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }

    /// `950`, `12.3k`, `4.5M`.
    static func short(_ number: Int) -> String {
        switch number {
        case ..<1000: "\(number)"
        case ..<1_000_000: tenths(Double(number) / 1e3) + "k"
        case ..<1_000_000_000: tenths(Double(number) / 1e6) + "M"
        default: tenths(Double(number) / 1e9) + "G"
        }
    }

    /// A rate: whole from 100 on, with a decimal below.
    static func rate(_ rate: Double) -> String {
        rate >= 100 ? grouped(Int(rate.rounded())) : tenths(rate)
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
