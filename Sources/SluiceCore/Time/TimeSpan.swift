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
        let nanoseconds = seconds * 1e9
        guard nanoseconds.isFinite else { return TimeSpan(nanoseconds: seconds > 0 ? .max : 0) }
        return TimeSpan(nanoseconds: Int64(max(-9e18, min(9e18, nanoseconds.rounded()))))
    }

    /// A span of so many milliseconds.
    @inlinable
    public static func milliseconds(_ milliseconds: Int) -> TimeSpan {
        TimeSpan(nanoseconds: Int64(milliseconds) * 1_000_000)
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

    /// The span for people: `850ms`, `3.2s`, `12m 5s`, `3h 4m`.
    public var text: String {
        let seconds = self.seconds
        if seconds < 1 { return "\(nanoseconds / 1_000_000)ms" }
        if seconds < 60 {
            let tenths = Int((seconds * 10).rounded())
            return tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
        }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60)m \(whole % 60)s" }
        if whole < 86400 { return "\(whole / 3600)h \(whole / 60 % 60)m" }
        return "\(whole / 86400)d \(whole / 3600 % 24)h"
    }
}
