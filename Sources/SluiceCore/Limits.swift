/// What an account allows, for each of its models; nil where no limit is known.
public struct Limits: Sendable, Equatable {
    /// Requests per second, above 0; counted over every second.
    public var requestsPerSecond: Double?
    /// The least time between two requests.
    public var minimumInterval: TimeSpan?
    /// Requests per minute, at least 1.
    public var requestsPerMinute: Double?
    /// Requests per day, at least 1.
    public var requestsPerDay: Double?
    /// Tokens per minute, prompt and answer together, at least 1.
    public var tokensPerMinute: Double?
    /// Tokens of prompts per minute, at least 1.
    public var inputTokensPerMinute: Double?
    /// Tokens of answers per minute, at least 1.
    public var outputTokensPerMinute: Double?
    /// Tokens per day, prompt and answer together, at least 1.
    public var tokensPerDay: Double?
    /// What may be spent in a day, above nothing.
    public var spendPerDay: Money?
    /// Requests in flight at once, at least 1.
    public var concurrency: Int?
    /// Whether the requests in flight at once that the server does best with are found by trying; never more than
    /// ``concurrency``, if that is given.
    public var findsConcurrency = false
    /// How the provider measures a minute.
    public var window = LimitWindow.bucket
    /// Over how long a time the provider really counts requests per minute, when that is shorter: 600 a minute may
    /// be enforced as 10 a second.
    public var quantum: TimeSpan?
    /// What of a request the provider counts against tokens per minute.
    public var charge = TokenCharge.actual
    /// When the provider's day ends.
    public var day = LimitDay.utc

    /// Whether any limit is one of tokens.
    public var countsTokens: Bool {
        [tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute, tokensPerDay].contains { $0 != nil }
    }

    /// Whether any limit is one of a day.
    public var hasDays: Bool { requestsPerDay != nil || tokensPerDay != nil || spendPerDay != nil }

    /// Limits of one account; nil means unknown.
    public init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil, concurrency: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrency = concurrency
    }
}
