/// A moment of the monotonic clock, in nanoseconds from an arbitrary origin.
public struct Instant: Sendable, Hashable, Comparable {
    /// Nanoseconds since the origin.
    public let nanoseconds: Int64

    /// The moment so many nanoseconds after the origin.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Whether the left moment is before the right one.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment that is `span` later; saturates instead of overflowing.
    @inlinable
    public static func + (moment: Instant, span: TimeSpan) -> Instant {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return Instant(nanoseconds: overflow ? (span.nanoseconds > 0 ? .max : .min) : sum)
    }

    /// The moment that is `span` earlier; saturates instead of overflowing.
    @inlinable
    public static func - (moment: Instant, span: TimeSpan) -> Instant {
        let (difference, overflow) = moment.nanoseconds.subtractingReportingOverflow(span.nanoseconds)
        return Instant(nanoseconds: overflow ? (span.nanoseconds > 0 ? .min : .max) : difference)
    }

    /// The time from the right moment to the left one; saturates instead of overflowing.
    @inlinable
    public static func - (later: Instant, earlier: Instant) -> TimeSpan {
        let (difference, overflow) = later.nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return TimeSpan(nanoseconds: overflow ? (later > earlier ? .max : .min) : difference)
    }

    /// A moment after every other.
    public static let never = Instant(nanoseconds: .max)
}
