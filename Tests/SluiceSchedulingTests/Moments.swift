import SluiceCore
import SluiceScheduling

/// The moment so many seconds after the origin.
func at(_ seconds: Double) -> Instant {
    Instant(nanoseconds: Int64((seconds * 1e9).rounded()))
}

/// The present so many seconds after the origin.
func now(_ seconds: Double) -> Now {
    Now(mono: at(seconds), wall: WallTime(nanoseconds: at(seconds).nanoseconds))
}
