/// Tokens that an answer was charged for, as the provider counted them.
public struct Usage: Sendable, Equatable {
    /// Tokens of the prompt, those read from the cache and those written to it included.
    public var input: Int
    /// Tokens of the answer, reasoning included.
    public var output: Int
    /// Prompt tokens that came from the provider's cache.
    public var cached: Int
    /// Answer tokens spent on reasoning.
    public var reasoning: Int
    /// Prompt tokens that were put into the provider's cache.
    public var cacheWrites: Int
    /// Of these, the ones that are kept for longer, at another price.
    public var longCacheWrites: Int

    /// Counts of one answer, in tokens.
    public init(
        input: Int = 0, output: Int = 0, cached: Int = 0, reasoning: Int = 0, cacheWrites: Int = 0,
        longCacheWrites: Int = 0
    ) {
        self.input = input
        self.output = output
        self.cached = cached
        self.reasoning = reasoning
        self.cacheWrites = cacheWrites
        self.longCacheWrites = longCacheWrites
    }

    /// Prompt and answer together.
    public var total: Int { input + output }

    /// Adds the tokens of another answer.
    package static func += (sum: inout Usage, other: Usage) {
        sum.input += other.input
        sum.output += other.output
        sum.cached += other.cached
        sum.reasoning += other.reasoning
        sum.cacheWrites += other.cacheWrites
        sum.longCacheWrites += other.longCacheWrites
    }
}
