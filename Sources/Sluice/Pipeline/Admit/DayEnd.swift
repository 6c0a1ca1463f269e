package import SluiceCore

/// When a provider's day ends.
package enum DayEnd {
    private static let day: Int64 = 86_400
    private static let hour: Int64 = 3600

    /// The next end of a day; for a rolling one, 24 hours from now.
    package static func next(after now: WallTime, _ kind: LimitDay) -> WallTime {
        let second = now.nanoseconds.floored(by: 1_000_000_000)
        switch kind {
        case .utc: return WallTime(nanoseconds: (second.floored(by: day) + 1) * day * 1_000_000_000)
        case .rolling: return WallTime(nanoseconds: now.nanoseconds + day * 1_000_000_000)
        case .pacific:
            // Midnight of the Pacific date, by the offset that holds at that midnight.
            let date = (second + pacificOffset(at: second)).floored(by: day) + 1
            let standard = date * day + 8 * hour
            let moment = date * day - pacificOffset(at: standard)
            return WallTime(nanoseconds: moment * 1_000_000_000)
        }
    }

    /// Seconds to add to UTC for the time in Los Angeles.
    ///
    /// Daylight saving time is from the second Sunday of March, 2:00 standard time, to the first Sunday of November,
    /// 2:00 daylight time (15 U.S.C. § 260a).
    static func pacificOffset(at second: Int64) -> Int64 {
        let year = year(of: second.floored(by: day))
        let begins = sunday(2, of: 3, year) * day + 10 * hour
        let ends = sunday(1, of: 11, year) * day + 9 * hour
        return second >= begins && second < ends ? -7 * hour : -8 * hour
    }

    /// The day since 1970 of the n-th Sunday of a month.
    private static func sunday(_ nth: Int64, of month: Int64, _ year: Int64) -> Int64 {
        let first = days(year, month, 1)
        // 1970-01-01 was a Thursday.
        let weekday = (first + 4) - (first + 4).floored(by: 7) * 7
        return first + (7 - weekday) % 7 + (nth - 1) * 7
    }

    /// Days from 1970-01-01 to a date (<https://howardhinnant.github.io/date_algorithms.html>, `days_from_civil`).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floored(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func year(of days: Int64) -> Int64 {
        var year = 1970 + days.floored(by: 366)
        while self.days(year + 1, 1, 1) <= days { year += 1 }
        return year
    }
}

extension Int64 {
    /// The quotient, rounded down.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
