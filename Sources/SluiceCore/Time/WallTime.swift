/// A moment of the calendar: nanoseconds since 1970-01-01 00:00 UTC.
public struct WallTime: Sendable, Hashable, Comparable {
    /// Nanoseconds since the Unix epoch.
    public let nanoseconds: Int64

    /// The moment so many nanoseconds after the Unix epoch.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Whether the left moment is before the right one.
    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment as RFC 3339 in UTC with seconds: `2026-11-21T08:15:00Z`.
    ///
    /// The day count follows the proleptic Gregorian calendar
    /// (<https://howardhinnant.github.io/date_algorithms.html>, `civil_from_days`).
    public var text: String {
        // Whole numbers throughout, rounded down: a double would show the last nanoseconds of a second as the next.
        let seconds = Int(nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0))
        let days = seconds / 86400 - (seconds % 86400 < 0 ? 1 : 0)
        let clock = seconds - days * 86400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return
            "\(year)-\(two(month))-\(two(day))T\(two(clock / 3600)):\(two(clock / 60 % 60)):\(two(clock % 60))Z"
    }
}
