public import SluiceCore

/// What the `x-ratelimit-*` headers say.
public struct RateState: Sendable, Equatable {
    /// One limit that is announced.
    public struct Dimension: Sendable, Equatable {
        /// Units per minute.
        public var limit: Int
        /// Units that are left now.
        public var remaining: Int
        /// The time until nothing is missing any more.
        public var reset: TimeSpan

        /// One limit, in units per minute.
        public init(limit: Int, remaining: Int, reset: TimeSpan) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
        }
    }

    /// Requests, if they are limited per minute.
    public var requests: Dimension?
    /// Tokens, if they are limited per minute.
    public var tokens: Dimension?

    /// What is announced; nothing, unless said otherwise.
    public init(requests: Dimension? = nil, tokens: Dimension? = nil) {
        self.requests = requests
        self.tokens = tokens
    }
}
