package import SluiceCore
package import SluiceTransport

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The world outside: clocks, sleep, chance and the network, in one place so that tests can put their own there.
public struct Environment: Sendable {
    /// Reads both clocks.
    package var now: @Sendable () -> Now
    /// Waits; throws when the task is cancelled.
    package var sleep: @Sendable (TimeSpan) async throws -> Void
    /// Where jitter starts from.
    package var seed: UInt64
    /// Opens the way to the providers.
    package var connect: @Sendable (DirectSettings) async throws(SluiceError) -> any Transport = {
        settings async throws(SluiceError) in try await DirectTransport.start(settings)
    }

    package init(
        now: @escaping @Sendable () -> Now, sleep: @escaping @Sendable (TimeSpan) async throws -> Void, seed: UInt64
    ) {
        self.now = now
        self.sleep = sleep
        self.seed = seed
    }

    /// The real clocks and the system's random numbers.
    public static var live: Environment {
        Environment(
            now: {
                Now(
                    mono: Instant(nanoseconds: read(CLOCK_MONOTONIC)), wall: WallTime(nanoseconds: read(CLOCK_REALTIME))
                )
            },
            sleep: { span in try await Task.sleep(nanoseconds: UInt64(max(0, span.nanoseconds))) },
            seed: UInt64.random(in: .min ... .max))
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
