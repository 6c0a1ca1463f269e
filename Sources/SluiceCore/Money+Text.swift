extension Money {
    /// The exact amount in dollars as a JSON number without exponent: `0.0000123`, `20`.
    public var decimal: String {
        let magnitude = picodollars.magnitude
        let whole = (picodollars < 0 ? "-" : "") + "\(magnitude / Self.perDollar.magnitude)"
        var rest = magnitude % Self.perDollar.magnitude
        guard rest > 0 else { return whole }
        var places = 12
        while rest % 10 == 0 {
            rest /= 10
            places -= 1
        }
        let digits = "\(rest)"
        return "\(whole).\(String(repeating: "0", count: places - digits.count))\(digits)"
    }

    /// The amount for people: `$1,234.56`, `$0.0417`, `$0.00000123`.
    ///
    /// Cents from a dollar on; below, three digits that count. What is not zero never looks like it.
    public var text: String {
        let sign = picodollars < 0 ? "-" : ""
        let magnitude = picodollars.magnitude
        let dollar = Self.perDollar.magnitude
        var places = 2
        // One place more for each power of ten that the amount is below a dollar, until three digits count.
        var bound = dollar
        while magnitude > 0, magnitude < bound, places < 12 {
            bound /= 10
            places += 1
        }
        var unit: UInt64 = 1
        for _ in places..<12 { unit *= 10 }
        let rounded = (magnitude + unit / 2) / unit * unit
        let whole = "\(rounded / dollar)"
        var grouped = ""
        for (index, digit) in whole.reversed().enumerated() {
            if index > 0, index % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        let digits = "\(rounded % dollar / unit)"
        var fraction = String(repeating: "0", count: max(0, places - digits.count)) + digits
        while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(sign)$\(String(grouped.reversed())).\(fraction)"
    }
}

extension Quantity {
    /// An amount of US dollars: `20`, `$20`, `0.5usd`, `1.5k`; nil if the text is none.
    public static func money(_ text: String) -> Money? {
        var number = Substring(text)
        if number.hasPrefix("$") {
            number = number.dropFirst()
        } else if number.lowercased().hasSuffix("usd") {
            number = number.dropLast(3)
            while number.hasSuffix(" ") { number = number.dropLast() }
        } else if number.hasSuffix("$") {
            number = number.dropLast()
        }
        return count(String(number)).flatMap { Money(dollars: $0) }
    }
}

extension JSONBuilder {
    /// Writes an amount in dollars, exactly.
    public mutating func value(_ amount: Money) { raw(Bytes(amount.decimal)) }
}
