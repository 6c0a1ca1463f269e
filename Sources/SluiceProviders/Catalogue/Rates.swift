public import SluiceCore

/// What single tokens cost.
public struct Rates: Sendable, Equatable {
    /// A prompt token.
    public var input: Money
    /// An answer token.
    public var output: Money
    /// A prompt token that came from the provider's cache; nil if it costs what any other does.
    public var cached: Money?
    /// A prompt token that is put into the provider's cache; nil if it costs what any other does.
    public var cacheWrite: Money?
    /// The same for a cache that is kept for longer: an hour with Anthropic, half a day with OpenAI.
    public var longCacheWrite: Money?
    /// An answer token spent on reasoning; nil if it costs what any other does.
    public var reasoning: Money?

    /// Rates for single tokens.
    public init(
        input: Money, output: Money, cached: Money? = nil, cacheWrite: Money? = nil, longCacheWrite: Money? = nil,
        reasoning: Money? = nil
    ) {
        self.input = input
        self.output = output
        self.cached = cached
        self.cacheWrite = cacheWrite
        self.longCacheWrite = longCacheWrite
        self.reasoning = reasoning
    }

    /// What the tokens of one answer cost.
    public func cost(of usage: Usage) -> Money {
        let cached = min(usage.cached, usage.input)
        let written = min(usage.cacheWrites, usage.input - cached)
        let writtenLong = min(usage.longCacheWrites, written)
        let reasoning = min(usage.reasoning, usage.output)
        let short = cacheWrite ?? input
        return input * (usage.input - cached - written) + (self.cached ?? input) * cached
            + short * (written - writtenLong) + (longCacheWrite ?? short) * writtenLong
            + output * (usage.output - reasoning) + (self.reasoning ?? output) * reasoning
    }

    /// The largest cost of so many tokens, whatever the cache does.
    func ceiling(input count: Int, output answer: Int) -> Money {
        let dearest = [input, cached, cacheWrite, longCacheWrite].compactMap { $0 }.max() ?? input
        return dearest * count + max(output, reasoning ?? output) * answer
    }
}
