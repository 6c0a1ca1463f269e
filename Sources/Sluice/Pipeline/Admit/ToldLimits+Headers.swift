internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceTransport

extension ToldLimits {
    /// What a reply's headers say of limits; nil if they say nothing.
    init?(_ reply: Reply, now: @autoclosure () -> WallTime) {
        guard reply.mentions("ratelimit"), let headers = RateLimitHeaders(header: reply.header, now: now()) else {
            return nil
        }
        self.init()
        func reading(_ told: RateLimitHeaders.Reading?) -> Reading? {
            told.map {
                Reading(
                    limit: $0.limit, remaining: $0.remaining, reset: $0.reset, isPerMinute: headers.isPerMinute)
            }
        }
        requests = reading(headers.requests)
        tokens = reading(headers.tokens)
        inputTokens = reading(headers.inputTokens)
        outputTokens = reading(headers.outputTokens)
    }
}
