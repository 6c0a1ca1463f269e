public import SluiceCore

extension SimulatorOptions {
    /// How long an answer takes: a fixed or log-normal time, plus a time for each token of the answer.
    public struct Latency: Sendable, Equatable {
        /// The median of the time before the first token.
        public var median: TimeSpan
        /// The spread: the standard deviation of the logarithm of that time; 0 makes it fixed, 0.5 is usual, 1 wild.
        public var sigma: Double
        /// The time for each token of the answer.
        public var perToken: TimeSpan

        /// No time at all, unless said otherwise.
        public init(median: TimeSpan = .zero, sigma: Double = 0, perToken: TimeSpan = .zero) {
            self.median = median
            self.sigma = sigma
            self.perToken = perToken
        }

        /// The same time for every answer.
        public static func fixed(_ span: TimeSpan) -> Latency { Latency(median: span) }

        var isValid: Bool { median >= .zero && perToken >= .zero && sigma >= 0 && sigma.isFinite }
    }
}
