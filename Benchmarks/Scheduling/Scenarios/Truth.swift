import SluiceCore

/// What a provider enforces, whatever it says.
struct Truth: Sendable {
    var requestsPerMinute: Double?
    /// Prompts and answers together.
    var tokensPerMinute: Double?
    /// Tokens of prompts; only for buckets.
    var inputTokensPerMinute: Double?
    /// Tokens of answers; only for buckets.
    var outputTokensPerMinute: Double?
    var requestsPerDay: Double?
    var tokensPerDay: Double?
    var spendPerDay: Money?
    var window = LimitWindow.bucket
    var charge = TokenCharge.reserved
    /// Requests are counted over so many seconds, in windows that begin with the clock; nil for a bucket of a second.
    var quantum: Double?
    /// How many seconds of requests a bucket holds.
    var requestDepth = 1.0
    /// How many seconds of tokens a bucket holds.
    var tokenDepth = 60.0
    /// The most requests at once; more are refused.
    var concurrency: Int?

    /// All of it, as a client may be told.
    var told: Limits {
        var limits = Limits(
            requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute, concurrency: concurrency)
        limits.inputTokensPerMinute = inputTokensPerMinute
        limits.outputTokensPerMinute = outputTokensPerMinute
        limits.requestsPerDay = requestsPerDay
        limits.tokensPerDay = tokensPerDay
        limits.spendPerDay = spendPerDay
        limits.window = window
        limits.charge = charge
        limits.quantum = quantum.map(TimeSpan.seconds)
        return limits
    }

    /// What the limit of a kind of tokens is, per minute.
    func perMinute(_ kind: TokenDimension) -> Double? {
        switch kind {
        case .total: tokensPerMinute
        case .input: inputTokensPerMinute
        case .output: outputTokensPerMinute
        }
    }
}
