import SluiceCore

/// How talkative refusals are.
struct RefusalStyle: Sendable {
    /// Whether the message ends with when to try again.
    let saysWait: Bool
    /// About how long a request is in flight: what is said when only another one's end helps.
    let usualAnswer: TimeSpan

    /// A refusal for a limit that is not a bucket.
    func refusal(
        _ dimension: RateDimension, _ request: ProviderRequest, limit: Int, used: Int, requested: Int, wait: TimeSpan
    ) -> Refusal {
        .rateLimit(
            dimension, model: request.model, limit: limit, used: used, requested: requested, wait: wait,
            saysWait: saysWait)
    }

    /// A refusal for a bucket whose limit is announced per so many seconds.
    func refusal(
        _ dimension: RateDimension, _ request: ProviderRequest, _ bucket: TokenBucket, per seconds: Double,
        requested: Int, wait: TimeSpan, now: Instant
    ) -> Refusal {
        let limit = Int((bucket.rate * seconds).rounded())
        let left = min(limit, bucket.remaining(now: now))
        return refusal(dimension, request, limit: limit, used: limit - left, requested: requested, wait: wait)
    }
}
