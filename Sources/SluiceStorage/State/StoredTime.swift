import SluiceCore

/// Times as databases keep them, in seconds; what is read may be anything.
enum StoredTime {
    /// The end of the times that are believed, in the year 2255: nanoseconds still count so far.
    static let end: Int64 = 9_000_000_000

    /// A time that was read, no later than that.
    static func time(_ seconds: Int64) -> WallTime {
        WallTime(nanoseconds: max(0, min(seconds, end)) * 1_000_000_000)
    }
}
