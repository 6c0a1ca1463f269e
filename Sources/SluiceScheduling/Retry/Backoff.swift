package import SluiceCore

/// How long a failed request waits before it is tried again: exponential with full jitter.
///
/// Uniform between zero and base · 2^(attempt − 1), capped
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>, "full jitter").
package struct Backoff: Sendable {
    /// The longest wait after the first attempt.
    package var base: TimeSpan
    /// The longest wait after any attempt.
    package var cap: TimeSpan

    /// A back-off of half a second, doubling to a minute, unless told otherwise.
    package init(base: TimeSpan = .milliseconds(500), cap: TimeSpan = .seconds(60)) {
        self.base = base
        self.cap = cap
    }

    /// The wait after the attempt of this number, from 1.
    package func delay(attempt: Int, using random: inout SplitMix64) -> TimeSpan {
        .seconds(ceiling(attempt: attempt).seconds * random.unit())
    }

    /// The longest wait after the attempt of this number, from 1.
    package func ceiling(attempt: Int) -> TimeSpan {
        let doublings = max(0, min(attempt - 1, 40))
        return min(cap, .seconds(base.seconds * Double(1 << doublings)))
    }
}
