/// The present on both clocks, handed to state machines, which know no clock of their own.
public struct Now: Sendable {
    /// The monotonic clock: what intervals are measured with.
    public let mono: Instant
    /// The calendar: what day quotas and dates in headers are compared with.
    public let wall: WallTime

    /// The present as read by the caller.
    public init(mono: Instant, wall: WallTime) {
        self.mono = mono
        self.wall = wall
    }
}
