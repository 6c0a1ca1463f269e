/// What an account allows; nil where no limit is known.
public struct Limits: Sendable, Equatable {
    /// Requests per minute, at least 1.
    public var requestsPerMinute: Double?
    /// Tokens per minute, prompt and answer together, at least 1.
    public var tokensPerMinute: Double?
    /// Requests in flight at once, at least 1.
    public var concurrency: Int?

    /// Limits of one account; nil means unknown.
    public init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil, concurrency: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrency = concurrency
    }
}
