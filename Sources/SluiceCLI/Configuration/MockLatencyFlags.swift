internal import ArgumentParser
internal import SluiceCore
internal import SluiceSimulator

/// How long the answers of a simulated provider are and take.
struct MockLatencyFlags: ParsableArguments {
    @Option(name: .long, help: "Median time to the first token (default 0).", transform: Flags.span)
    var latency: TimeSpan?

    @Option(name: .long, help: "Spread of that time: log-normal with this sigma (default 0; 0.5 is usual, 1 wild).")
    var sigma: Double?

    @Option(name: .long, help: "Time for each token of an answer.", transform: Flags.span)
    var perToken: TimeSpan?

    @Option(name: .long, help: "Median length of an answer in tokens (default 46).", transform: Flags.positive)
    var answerTokens: Int?

    @Option(name: .long, help: "Spread of that length: log-normal with this sigma (default 0).")
    var answerSigma: Double?

    @Option(
        name: .long, help: "Tokens per second of all answers together: they share it, as on a server of one's own.",
        transform: Flags.count)
    var throughput: Double?

    @Option(
        name: .long, help: "Tokens per second of one answer at most, with --throughput (default: all of it).",
        transform: Flags.count)
    var tokenRate: Double?

    @Option(
        name: .long, help: "Tokens of a prompt read per second, with --throughput (default: at once).",
        transform: Flags.count)
    var promptRate: Double?

    @Option(
        name: .long, help: "Tokens of prompts and answers that run at once, with --throughput; the rest queue.",
        transform: Flags.positive)
    var kvCache: Int?

    @Option(
        name: .long, help: "Answers that run at once, with --throughput; the rest queue.", transform: Flags.positive)
    var maxSequences: Int?

    /// Sets what the flags say, over what a profile has set.
    /// - Throws: ``SluiceError`` for figures of an engine where there is none.
    func apply(to options: inout SimulatorOptions) throws(SluiceError) {
        if let latency { options.latency.median = latency }
        if let sigma { options.latency.sigma = sigma }
        if let perToken { options.latency.perToken = perToken }
        if let answerTokens { options.answerTokens = answerTokens }
        if let answerSigma { options.answerSigma = answerSigma }
        var engine = MockEngine()
        engine.throughput = throughput
        engine.tokenRate = tokenRate
        engine.promptRate = promptRate
        engine.kvCache = kvCache
        engine.maxSequences = maxSequences
        options.engine = try engine.over(options.engine)
    }
}
