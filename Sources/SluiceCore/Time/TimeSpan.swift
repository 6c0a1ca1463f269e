/// A length of time in nanoseconds; may be negative.
public struct TimeSpan: Sendable, Hashable, Comparable {
    /// The length in nanoseconds.
    public let nanoseconds: Int64

    /// A span of so many nanoseconds.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// A span of so many seconds, rounded to nanoseconds and clamped to ±292 years; not a number counts as zero.
    @inlinable
    public static func seconds(_ seconds: Double) -> TimeSpan {
        let nanoseconds = (seconds * 1e9).rounded()
        guard !nanoseconds.isNaN else { return .zero }
        // 2⁶³ is a double, 2⁶³ - 1 is not.
        guard abs(nanoseconds) < 0x1p63 else { return TimeSpan(nanoseconds: seconds > 0 ? .max : -.max) }
        return TimeSpan(nanoseconds: Int64(nanoseconds))
    }

    /// A span of so many milliseconds, clamped to ±292 years.
    @inlinable
    public static func milliseconds(_ milliseconds: Int) -> TimeSpan {
        let (product, overflow) = Int64(milliseconds).multipliedReportingOverflow(by: 1_000_000)
        return TimeSpan(nanoseconds: overflow ? (milliseconds > 0 ? .max : -.max) : product)
    }

    /// The length in seconds.
    @inlinable
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    /// No time.
    public static let zero = TimeSpan(nanoseconds: 0)

    /// Whether the left span is shorter.
    @inlinable
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The span for people: `850ms`, `3.2s`, `12m 5s`, `3h 4m`, `2d 0h`; a negative one has a minus sign.
    public var text: String {
        guard nanoseconds > -1_000_000 else {
            return "-" + TimeSpan(nanoseconds: Int64(clamping: nanoseconds.magnitude)).text
        }
        if nanoseconds < 1_000_000_000 { return "\(nanoseconds / 1_000_000)ms" }
        // Rounded before it is compared: 59.96 seconds are a minute.
        let tenths = Int((seconds * 10).rounded())
        if tenths < 600 { return tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60)m \(whole % 60)s" }
        if whole < 86400 { return "\(whole / 3600)h \(whole / 60 % 60)m" }
        return "\(whole / 86400)d \(whole / 3600 % 24)h"
    }
}
