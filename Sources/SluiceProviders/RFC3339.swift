package import SluiceCore

/// Moments as RFC 3339 writes them: `2026-11-21T08:15:00Z`, with a fraction or an offset.
package enum RFC3339 {
    /// The moment, or nil if the text is none.
    package static func parse(_ text: String) -> WallTime? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte &- 0x30 < 10 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        func has(_ character: Character, at place: Int) -> Bool {
            place < bytes.count && bytes[place] | 0x20 == (character.asciiValue ?? 0) | 0x20
        }
        guard has("-", at: 4), has("-", at: 7), has("t", at: 10), has(":", at: 13), has(":", at: 16),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1970...2200).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var place = 19
        var nanoseconds: Int64 = 0
        if has(".", at: place), bytes[place] == UInt8(ascii: ".") {
            place += 1
            var unit: Int64 = 100_000_000
            while place < bytes.count, bytes[place] &- 0x30 < 10 {
                nanoseconds += Int64(bytes[place] - 0x30) * unit
                unit /= 10
                place += 1
            }
        }
        var offset: Int64 = 0
        if has("z", at: place), place + 1 == bytes.count {
        } else if place + 6 == bytes.count, let hours = number(place + 1..<place + 3),
            let minutes = number(place + 4..<place + 6), bytes[place + 3] == UInt8(ascii: ":")
        {
            guard bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") else { return nil }
            offset = (hours * 60 + minutes) * 60 * (bytes[place] == UInt8(ascii: "+") ? 1 : -1)
        } else {
            return nil
        }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return WallTime(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
    }

    /// Days from 1970-01-01 (<https://howardhinnant.github.io/date_algorithms.html>, `days_from_civil`), from 1970 on.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
