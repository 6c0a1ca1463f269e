extension SimulatorOptions {
    /// A server that generates answers together, as vLLM does: the more of them at once, the slower each.
    ///
    /// The sequences that run share the throughput evenly (processor sharing), each up to its own greatest speed. A
    /// sequence holds the tokens of its prompt and answer in the key-value cache as long as it runs; what does not fit
    /// queues in the order of arrival.
    public struct Engine: Sendable, Equatable {
        /// Tokens of answers per second, of all sequences together, at most.
        public var tokensPerSecond: Double
        /// Tokens of an answer per second, of one sequence, at most.
        public var tokensPerSecondOfOne: Double
        /// Tokens of a prompt per second that a sequence reads when it is alone, or nil if reading takes no time.
        ///
        /// Reading is work like writing: a prompt token costs as much as `tokensPerSecondOfOne / promptTokensPerSecond`
        /// tokens of an answer.
        public var promptTokensPerSecond: Double?
        /// Tokens in the key-value cache at most, or nil for no limit; a request larger than that runs alone.
        public var cacheTokens: Int?
        /// Sequences that run at once at most, or nil for no limit.
        public var sequences: Int?

        /// A server whose cache and batch are as large as needed, unless said otherwise.
        public init(
            tokensPerSecond: Double, tokensPerSecondOfOne: Double, promptTokensPerSecond: Double? = nil,
            cacheTokens: Int? = nil, sequences: Int? = nil
        ) {
            self.tokensPerSecond = tokensPerSecond
            self.tokensPerSecondOfOne = tokensPerSecondOfOne
            self.promptTokensPerSecond = promptTokensPerSecond
            self.cacheTokens = cacheTokens
            self.sequences = sequences
        }

        var isValid: Bool {
            let rates = [tokensPerSecond, tokensPerSecondOfOne, promptTokensPerSecond ?? 1]
            return rates.allSatisfy { $0 > 0 && $0.isFinite } && (cacheTokens ?? 1) >= 1 && (sequences ?? 1) >= 1
        }
    }
}
