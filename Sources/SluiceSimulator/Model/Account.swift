import SluiceCore

/// What one key has used of its limits.
struct Account: Sendable {
    /// Requests per minute, if they are limited.
    var requests: TokenBucket?
    /// Tokens per minute, if they are limited.
    var tokens: TokenBucket?
    /// Requests per second, if they are limited.
    var burst: TokenBucket?
    /// Requests that were let through and are not finished.
    var inFlight = 0
    /// Requests that may still be let through before the quota is used up, or nil for ever.
    private var quota: Int?

    private let concurrency: Int?

    /// The account of a key that has used nothing yet, at a provider that lives `speed` times as fast as the caller.
    init(_ limits: SimulatorOptions.KeyLimits, speed: Double, quota: Int?) {
        func bucket(_ limit: Double?, per seconds: Double, depth: TimeSpan) -> TokenBucket? {
            limit.map {
                TokenBucket(perSecond: $0 * speed / seconds, depth: .seconds(depth.seconds / speed), smallest: 1)
            }
        }
        concurrency = limits.concurrency
        requests = bucket(limits.requestsPerMinute, per: 60, depth: limits.bucketDepth)
        tokens = bucket(limits.tokensPerMinute, per: 60, depth: limits.bucketDepth)
        burst = bucket(limits.requestsPerSecond, per: 1, depth: min(limits.bucketDepth, .seconds(1)))
        self.quota = quota
    }

    /// Whether the quota is used up.
    var isExhausted: Bool { quota.map { $0 <= 0 } ?? false }

    /// Takes one request and its tokens out, or says why not; a refused request is charged nothing.
    mutating func admit(
        _ request: ProviderRequest, reserving reserved: Int, now: Instant, style: RefusalStyle
    ) -> Refusal? {
        if let limit = concurrency, inFlight >= limit {
            return style.refusal(
                .concurrency, request, limit: limit, used: inFlight, requested: 1, wait: style.usualAnswer)
        }
        if let burst, case let wait = burst.wait(for: 1, now: now), wait > .zero {
            return style.refusal(.requestsPerSecond, request, burst, per: 1, requested: 1, wait: wait, now: now)
        }
        if let requests, case let wait = requests.wait(for: 1, now: now), wait > .zero {
            return style.refusal(.requestsPerMinute, request, requests, per: 60, requested: 1, wait: wait, now: now)
        }
        if let tokens {
            let limit = (tokens.rate * 60).rounded()
            if Double(reserved) > limit {
                return .tooLarge(model: request.model, limit: Int(limit), requested: reserved)
            }
            let wait = tokens.wait(for: Double(reserved), now: now)
            if wait > .zero {
                return style.refusal(
                    .tokensPerMinute, request, tokens, per: 60, requested: reserved, wait: wait, now: now)
            }
        }
        burst?.take(1, now: now)
        requests?.take(1, now: now)
        tokens?.take(Double(reserved), now: now)
        inFlight += 1
        quota? -= 1
        return nil
    }

    /// Makes the limits so many times what they were.
    mutating func scale(by factor: Double, now: Instant) {
        guard factor != 1 else { return }
        requests?.scale(by: factor, now: now)
        tokens?.scale(by: factor, now: now)
        burst?.scale(by: factor, now: now)
    }

    /// What the headers say now.
    func rates(now: Instant) -> RateState {
        func dimension(_ bucket: TokenBucket) -> RateState.Dimension {
            RateState.Dimension(
                limit: Int((bucket.rate * 60).rounded()), remaining: bucket.remaining(now: now),
                reset: bucket.untilFull(now: now))
        }
        return RateState(requests: requests.map(dimension), tokens: tokens.map(dimension))
    }
}
