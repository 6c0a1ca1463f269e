internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceTransport

extension ToldLimits {
    /// What a reply's headers say of limits; nil if they say nothing.
    /// - Parameter provider: Who sent it, by the catalogue's name; asked only where that matters.
    init?(_ reply: Reply, from provider: @autoclosure () -> String?, now: @autoclosure () -> WallTime) {
        guard reply.mentions("ratelimit") else { return nil }
        // One walk through the head instead of one for each name that a family may have.
        let told = reply.headers(named: "limit")
        guard !told.isEmpty,
            let headers = RateLimitHeaders(
                header: { told[$0] ?? ($0 == "date" ? reply.header($0) : nil) }, from: provider(), now: now())
        else { return nil }
        self.init()
        func reading(_ told: RateLimitHeaders.Reading?) -> Reading? {
            told.map {
                Reading(limit: $0.limit, remaining: $0.remaining, reset: $0.reset, isPerMinute: $0.isPerMinute)
            }
        }
        requests = reading(headers.requests)
        tokens = reading(headers.tokens)
        inputTokens = reading(headers.inputTokens)
        outputTokens = reading(headers.outputTokens)
    }
}
