internal import SluiceCore
internal import SluiceScheduling

/// The back-off of retried rows, with one source of chance for all slots.
final class Jitter: Sendable {
    private let backoff = Backoff()
    private let random: Guarded<SplitMix64>

    init(seed: UInt64) {
        random = Guarded(SplitMix64(seed: seed))
    }

    func delay(attempt: Int) -> TimeSpan {
        random.withLock { backoff.delay(attempt: attempt, using: &$0) }
    }
}
