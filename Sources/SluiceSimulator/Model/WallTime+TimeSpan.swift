import SluiceCore

extension WallTime {
    /// The moment that is `span` later; saturates instead of overflowing.
    static func + (moment: WallTime, span: TimeSpan) -> WallTime {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return WallTime(nanoseconds: overflow ? (span > .zero ? .max : .min) : sum)
    }
}
