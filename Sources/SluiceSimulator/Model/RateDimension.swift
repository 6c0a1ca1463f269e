/// What a rate limit counts, and how OpenAI's messages name it.
public enum RateDimension: Sendable, CaseIterable {
    /// Requests in flight at once.
    case concurrency
    /// Requests per second.
    case requestsPerSecond
    /// Requests per minute.
    case requestsPerMinute
    /// Requests per day.
    case requestsPerDay
    /// Tokens of prompts and answers per minute.
    case tokensPerMinute
    /// Tokens of prompts per minute.
    case inputTokensPerMinute
    /// Tokens of answers per minute.
    case outputTokensPerMinute
    /// Tokens of prompts and answers per day.
    case tokensPerDay

    /// The period that the limit counts in, in seconds.
    var period: Double {
        switch self {
        case .concurrency, .requestsPerSecond: 1
        case .requestsPerMinute, .tokensPerMinute, .inputTokensPerMinute, .outputTokensPerMinute: 60
        case .requestsPerDay, .tokensPerDay: 86_400
        }
    }

    /// Whether it counts in days.
    var isDaily: Bool { period > 3600 }

    /// Whether it counts tokens.
    var countsTokens: Bool {
        switch self {
        case .concurrency, .requestsPerSecond, .requestsPerMinute, .requestsPerDay: false
        case .tokensPerMinute, .inputTokensPerMinute, .outputTokensPerMinute, .tokensPerDay: true
        }
    }

    /// The `type` of the error.
    var type: String { countsTokens ? "tokens" : "requests" }

    /// The name in the message.
    var name: String {
        switch self {
        case .concurrency: "concurrent requests"
        case .requestsPerSecond: "requests per sec (RPS)"
        case .requestsPerMinute: "requests per min (RPM)"
        case .requestsPerDay: "requests per day (RPD)"
        case .tokensPerMinute: "tokens per min (TPM)"
        case .inputTokensPerMinute: "input tokens per min (ITPM)"
        case .outputTokensPerMinute: "output tokens per min (OTPM)"
        case .tokensPerDay: "tokens per day (TPD)"
        }
    }
}
