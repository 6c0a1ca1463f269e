import SluiceCore

/// The date of HTTP headers, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ moment: WallTime) -> String {
        // 2026-11-21T08:15:00Z holds all but the day of the week; 1970 began on a Thursday.
        let text = Array(moment.text)
        let year = text.count - 16
        let day = (moment.nanoseconds - (moment.nanoseconds < 0 ? 86_399_999_999_999 : 0)) / 86_400_000_000_000
        let month = Int(String(text[year + 1..<year + 3])) ?? 1
        return
            "\(days[Int((day % 7 + 7) % 7)]), \(String(text[year + 4..<year + 6])) \(months[month - 1]) "
            + "\(String(text[..<year])) \(String(text[year + 7..<year + 15])) GMT"
    }
}
