public import SluiceCore

extension SimulatorOptions {
    /// What one key may use; nil where there is no limit.
    ///
    /// Each limit is a token bucket that is full at the start. The requests per second are meant as a second, hidden
    /// limit on bursts: they are never announced in headers.
    public struct KeyLimits: Sendable, Equatable {
        /// Requests per minute.
        public var requestsPerMinute: Double?
        /// Tokens per minute, prompt and answer together.
        public var tokensPerMinute: Double?
        /// Requests per second; its bucket is never deeper than a second.
        public var requestsPerSecond: Double?
        /// How much a bucket holds, as the time in which it fills; at least one request always fits.
        public var bucketDepth = TimeSpan.seconds(1)
        /// Requests in flight at once.
        public var concurrency: Int?

        /// No limits, and buckets one second deep.
        public init(
            requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil, requestsPerSecond: Double? = nil,
            bucketDepth: TimeSpan = .seconds(1), concurrency: Int? = nil
        ) {
            self.requestsPerMinute = requestsPerMinute
            self.tokensPerMinute = tokensPerMinute
            self.requestsPerSecond = requestsPerSecond
            self.bucketDepth = bucketDepth
            self.concurrency = concurrency
        }

        var isValid: Bool {
            let rates = [requestsPerMinute, tokensPerMinute, requestsPerSecond].compactMap { $0 }
            return rates.allSatisfy { $0 > 0 && $0.isFinite } && bucketDepth >= .zero && (concurrency ?? 1) >= 1
        }
    }
}
