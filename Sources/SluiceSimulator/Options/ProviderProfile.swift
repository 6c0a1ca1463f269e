import SluiceCore

/// How a known provider counts, charges and announces, as far as it says so in public.
///
/// A profile has no limits: those are the user's own. What the documents leave open stays as it is without a profile.
public enum ProviderProfile: String, Sendable, CaseIterable {
    /// Buckets of a minute, `x-ratelimit-*` in requests and tokens.
    case openai
    /// Requests in quanta of ten seconds, tokens reserved by `max_tokens` for good, resets in whole seconds.
    case azure
    /// Buckets, that of requests a second deep; answers count as long as they turn out.
    case anthropic
    /// No headers; the body of a 429 says which quota and when to come back. Days are whole ones.
    case gemini
    /// The requests that are announced are those of the day.
    case groq
    /// Headers by tokens.
    case mistral
    /// Requests in quanta of a second, no headers.
    case dashscope
    /// Requests in quanta of a second, no headers.
    case xai
    /// 2,500 requests in flight and no other limit, no headers.
    case deepseek
    /// Headers of requests alone.
    case moonshot
    /// A server of one's own: no limits and no headers, but answers that slow each other down. The figures are those of
    /// a small model on one accelerator; give your own.
    case vllm

    /// Makes the provider behave so, apart from its limits.
    public func apply(to options: inout SimulatorOptions) {
        let minute = WindowModel.bucket(depth: .seconds(60))
        let second = WindowModel.quanta(.seconds(1))
        switch self {
        case .openai:
            options.limits.window = minute
        case .azure:
            options.limits.window = minute
            options.limits.windows[.requestsPerMinute] = .quanta(.seconds(10))
            options.charging = .reserve(givesBack: false)
            options.headers = .azure
        case .anthropic:
            options.limits.window = minute
            options.limits.windows[.requestsPerMinute] = .bucket(depth: .seconds(1))
            options.charging = .actual
            options.headers = .anthropic
        case .gemini:
            options.limits.window = minute
            options.headers = .none
            options.errors = .gemini
            options.sendsRetryAfter = false
        case .groq:
            options.limits.window = minute
            options.headers = .groq
        case .mistral:
            options.headers = .mistral
        case .dashscope, .xai:
            options.limits.windows[.requestsPerMinute] = second
            options.headers = .none
        case .deepseek:
            options.limits.concurrency = 2_500
            options.headers = .none
        case .moonshot:
            options.headers = .requestsOnly
        case .vllm:
            options.headers = .none
            options.engine = .init(
                tokensPerSecond: 2_500, tokensPerSecondOfOne: 60, promptTokensPerSecond: 8_000, cacheTokens: 400_000,
                sequences: 256)
        }
    }
}
