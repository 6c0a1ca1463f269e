package import SluiceCore
package import SluiceSimulator

/// The figures that flags give of a server that generates its answers together.
package struct MockEngine: Sendable {
    /// Tokens per second of all answers together.
    package var throughput: Double?
    /// Tokens per second of one answer.
    package var tokenRate: Double?
    /// Tokens of a prompt read per second.
    package var promptRate: Double?
    /// Tokens in the key-value cache.
    package var kvCache: Int?
    /// Answers that run at once.
    package var maxSequences: Int?

    /// Figures of which none is given yet.
    package init() {}

    /// The engine of a profile, if it has one, with these figures in the place of its own.
    /// - Throws: ``SluiceError`` with code `usage` if there is no engine that the figures could be about.
    package func over(_ profile: SimulatorOptions.Engine?) throws(SluiceError) -> SimulatorOptions.Engine? {
        let own = throughput.map { SimulatorOptions.Engine(tokensPerSecond: $0, tokensPerSecondOfOne: $0) }
        guard var engine = profile ?? own else {
            guard tokenRate == nil, promptRate == nil, kvCache == nil, maxSequences == nil else {
                throw SluiceError(
                    .usage, "--token-rate, --prompt-rate, --kv-cache and --max-sequences need --throughput",
                    hint: "or a profile that has it, --profile vllm")
            }
            return nil
        }
        if let throughput { engine.tokensPerSecond = throughput }
        if let tokenRate { engine.tokensPerSecondOfOne = tokenRate }
        if let promptRate { engine.promptTokensPerSecond = promptRate }
        if let kvCache { engine.cacheTokens = kvCache }
        if let maxSequences { engine.sequences = maxSequences }
        engine.tokensPerSecondOfOne = min(engine.tokensPerSecondOfOne, engine.tokensPerSecond)
        return engine
    }
}
