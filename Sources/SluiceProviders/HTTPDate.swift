package import SluiceCore

/// The date of HTTP headers, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7, the one form in use).
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads a date; nil for every other form and for days that no calendar has.
    ///
    /// What is later than the last moment of ``WallTime``, in 2262, becomes that moment.
    package static func parse(_ text: String) -> WallTime? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","), parts[5] == "GMT",
            let month = months.firstIndex(of: String(parts[2])), let year = number(parts[3], 4...4),
            (1970...9999).contains(year), let day = number(parts[1], 1...2),
            (1...length(ofMonth: month, year)).contains(day)
        else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false).map { number($0, 2...2) ?? .max }
        guard clock.count == 3, clock[0] < 24, clock[1] < 60, clock[2] <= 60 else { return nil }
        // days_from_civil, https://howardhinnant.github.io/date_algorithms.html; the year is positive here.
        let shifted = month >= 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month >= 2 ? month - 2 : month + 10) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let seconds = days * 86400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
        let (nanoseconds, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return WallTime(nanoseconds: overflow ? .max : nanoseconds)
    }

    /// So many digits and nothing else.
    private static func number(_ text: Substring, _ digits: ClosedRange<Int>) -> Int? {
        digits.contains(text.utf8.count) && text.utf8.allSatisfy { $0 &- 0x30 < 10 } ? Int(text) : nil
    }

    private static func length(ofMonth month: Int, _ year: Int) -> Int {
        switch month {
        case 1: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 3, 5, 8, 10: 30
        default: 31
        }
    }
}
