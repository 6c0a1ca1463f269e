/// The names of the three headers that tell one limit.
///
/// Sources: the providers' documentation (PROVIDERS.md §1.8, §3.1, §3.7, §3.9, §3.11, §3.15, §3.17, §3.18, §3.20). Anthropic's
/// `anthropic-priority-*` are left out: requests beyond these are served all the same, as ordinary ones.
struct RateLimitNames: Sendable {
    enum Kind: Sendable {
        case requests, tokens, inputTokens, outputTokens
    }

    let kind: Kind
    let limit: String
    let remaining: String
    let reset: String
    /// Whether the name or the documentation says that it is per minute; else the window follows from the resets.
    let isPerMinute: Bool

    private init(_ kind: Kind, _ limit: String, _ remaining: String, _ reset: String, isPerMinute: Bool = false) {
        self.kind = kind
        self.limit = limit
        self.remaining = remaining
        self.reset = reset
        self.isPerMinute = isPerMinute
    }

    /// All families; of several that tell the same kind of limit in one reply the first counts.
    static let all: [RateLimitNames] = [
        // OpenAI, Azure, Groq, Qianfan
        openAI(.requests, "-requests"), openAI(.tokens, "-tokens"),
        // Anthropic; the plain one is that of the other two which binds.
        anthropic(.requests, "requests"), anthropic(.inputTokens, "input-tokens"),
        anthropic(.outputTokens, "output-tokens"), anthropic(.tokens, "tokens"),
        // Fireworks
        openAI(.inputTokens, "-tokens-prompt", isPerMinute: true),
        openAI(.outputTokens, "-tokens-generated", isPerMinute: true),
        // OpenAI, beside or in the place of the plain one
        openAI(.tokens, "-tokens_usage_based"),
        // Mistral
        RateLimitNames(
            .tokens, "x-ratelimitbysize-limit-minute", "x-ratelimitbysize-remaining-minute", "ratelimitbysize-reset",
            isPerMinute: true),
        // Cerebras
        openAI(.requests, "-requests-day"), openAI(.tokens, "-tokens-minute", isPerMinute: true),
        // Moonshot, OpenRouter, Together
        openAI(.requests, ""),
        RateLimitNames(.tokens, "x-tokenlimit-limit", "x-tokenlimit-remaining", "x-tokenlimit-reset"),
    ]

    private static func openAI(_ kind: Kind, _ name: String, isPerMinute: Bool = false) -> RateLimitNames {
        RateLimitNames(
            kind, "x-ratelimit-limit\(name)", "x-ratelimit-remaining\(name)", "x-ratelimit-reset\(name)",
            isPerMinute: isPerMinute)
    }

    private static func anthropic(_ kind: Kind, _ name: String) -> RateLimitNames {
        let stem = "anthropic-ratelimit-\(name)"
        return RateLimitNames(kind, "\(stem)-limit", "\(stem)-remaining", "\(stem)-reset", isPerMinute: true)
    }
}
