public import SluiceCore

/// What the headers that announce limits say; nil where there is no limit.
public struct RateState: Sendable, Equatable {
    /// One limit that is announced.
    public struct Dimension: Sendable, Equatable {
        /// Units per minute, or per day.
        public var limit: Int
        /// Units that are left now.
        public var remaining: Int
        /// The time until nothing is missing any more.
        public var reset: TimeSpan

        /// One limit.
        public init(limit: Int, remaining: Int, reset: TimeSpan) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
        }
    }

    /// Requests per minute.
    public var requests: Dimension?
    /// Tokens per minute.
    public var tokens: Dimension?
    /// Tokens of prompts per minute.
    public var inputTokens: Dimension?
    /// Tokens of answers per minute.
    public var outputTokens: Dimension?
    /// Requests per day.
    public var dailyRequests: Dimension?
    /// Tokens per day.
    public var dailyTokens: Dimension?

    /// What is announced; nothing, unless said otherwise.
    public init(requests: Dimension? = nil, tokens: Dimension? = nil) {
        self.requests = requests
        self.tokens = tokens
    }
}

extension RateState {
    /// The limit as the caller sees it: of a minute of its own time, but of a whole day of the provider's.
    static func announced(_ limit: Double, _ dimension: RateDimension, _ time: TimeScale) -> Int {
        Int(saturating: (dimension.isDaily ? limit : limit * time.speed).rounded())
    }

    /// The same in the caller's time.
    func outside(_ time: TimeScale) -> RateState {
        guard time.speed != 1 else { return self }
        func dimension(_ inside: Dimension?, _ dimension: RateDimension) -> Dimension? {
            inside.map {
                Dimension(
                    limit: Self.announced(Double($0.limit), dimension, time), remaining: $0.remaining,
                    reset: time.outside($0.reset))
            }
        }
        var state = RateState()
        state.requests = dimension(requests, .requestsPerMinute)
        state.tokens = dimension(tokens, .tokensPerMinute)
        state.inputTokens = dimension(inputTokens, .inputTokensPerMinute)
        state.outputTokens = dimension(outputTokens, .outputTokensPerMinute)
        state.dailyRequests = dimension(dailyRequests, .requestsPerDay)
        state.dailyTokens = dimension(dailyTokens, .tokensPerDay)
        return state
    }
}
