import SluiceCore

/// A JSON number by its value: its digits without zeros at either end, and a power of ten.
struct CanonicalNumber: Equatable {
    /// Whether it is below zero.
    let isNegative: Bool
    /// The digits as ASCII; none for zero.
    let digits: [UInt8]
    /// The power of ten that the digits, read as a whole number, are multiplied with.
    let exponent: Int

    /// Reads a valid JSON number; nil if its exponent has more than 15 digits.
    init?(_ raw: Bytes) {
        var digits: [UInt8] = []
        var exponent = 0
        var at = 0
        var isFraction = false
        while at < raw.count, raw[at] != UInt8(ascii: "e"), raw[at] != UInt8(ascii: "E") {
            switch raw[at] {
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "-"): break
            default:
                digits.append(raw[at])
                if isFraction { exponent -= 1 }
            }
            at += 1
        }
        if at < raw.count {
            let text = raw[(at + 1)..<raw.count].text
            guard text.utf8.count <= 16, let written = Int(text) else { return nil }
            exponent += written
        }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        digits.removeSubrange(..<(digits.firstIndex { $0 != UInt8(ascii: "0") } ?? digits.count))
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : exponent
        isNegative = raw[0] == UInt8(ascii: "-") && !digits.isEmpty
    }
}
