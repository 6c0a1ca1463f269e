import NIOCore
import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The server's clock: intervals on the monotonic clock, dates counted on from the calendar at the start, so that a
/// correction of the calendar does not put the ledger out of order.
struct SimulatorClock: Sendable {
    private let origin: Instant
    private let calendar: WallTime

    init() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        calendar = WallTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
        origin = Self.read()
    }

    func now() -> Instant { Self.read() }

    func date(of moment: Instant) -> WallTime {
        WallTime(nanoseconds: calendar.nanoseconds + (moment - origin).nanoseconds)
    }

    private static func read() -> Instant {
        Instant(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds))
    }
}
