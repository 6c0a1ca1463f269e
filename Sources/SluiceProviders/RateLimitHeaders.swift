package import SluiceCore

/// What a reply's headers say of the limits of its account and model (PROVIDERS.md §1.8 and §3.1).
package struct RateLimitHeaders: Sendable, Equatable {
    /// One limit.
    package struct Reading: Sendable, Equatable {
        /// The most in the provider's window.
        package let limit: Double
        /// What is left of it.
        package let remaining: Double?
        /// How long until all of it is there again.
        package let reset: TimeSpan?

        package init(limit: Double, remaining: Double? = nil, reset: TimeSpan? = nil) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
        }
    }

    /// Requests.
    package var requests: Reading?
    /// Prompt and answer together.
    package var tokens: Reading?
    /// Prompts.
    package var inputTokens: Reading?
    /// Answers.
    package var outputTokens: Reading?
    /// Whether the provider's documentation says that every one of them is per minute.
    package var isPerMinute = false

    /// Reads the headers of the OpenAI or of the Anthropic family; nil if there are none.
    package init?(header: (String) -> String?, now: WallTime) {
        func reading(_ limit: String, _ remaining: String, _ reset: String) -> Reading? {
            // Azure sends -1 and 0 where there is no limit.
            guard let limit = header(limit).flatMap(WaitHint.number), limit >= 1 else { return nil }
            return Reading(
                limit: limit, remaining: header(remaining).flatMap(WaitHint.number),
                reset: header(reset).flatMap { RateLimitHeaders.span($0, header, now) })
        }
        func openAI(_ name: String) -> Reading? {
            reading("x-ratelimit-limit-\(name)", "x-ratelimit-remaining-\(name)", "x-ratelimit-reset-\(name)")
        }
        func anthropic(_ name: String) -> Reading? {
            let stem = "anthropic-ratelimit-\(name)"
            return reading("\(stem)-limit", "\(stem)-remaining", "\(stem)-reset")
        }
        requests = openAI("requests")
        tokens = openAI("tokens")
        guard requests == nil, tokens == nil else { return }
        requests = anthropic("requests")
        inputTokens = anthropic("input-tokens")
        outputTokens = anthropic("output-tokens")
        // The plain one is that of the two which binds; it says something new only where they are missing.
        if inputTokens == nil, outputTokens == nil { tokens = anthropic("tokens") }
        isPerMinute = true
        if requests == nil, tokens == nil, inputTokens == nil, outputTokens == nil { return nil }
    }

    private static func span(_ text: String, _ header: (String) -> String?, _ now: WallTime) -> TimeSpan? {
        if let span = WaitHint.duration(text) { return span }
        guard let moment = RFC3339.parse(text) else { return nil }
        // A moment is told by the server's clock, so it is compared with the same clock.
        let reference = header("date").flatMap(HTTPDate.parse) ?? now
        return TimeSpan(nanoseconds: max(0, moment.nanoseconds - reference.nanoseconds))
    }
}
