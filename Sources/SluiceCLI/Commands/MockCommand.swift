internal import ArgumentParser
internal import Sluice
internal import SluiceCore
internal import SluiceSimulator

/// `sluice mock`: a provider on this machine to rehearse with.
struct MockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock",
        abstract: "A simulated provider on this machine: rehearse a job with your own limits before paying for it.",
        discussion: """
            It speaks OpenAI's chat, completions, embeddings and models endpoints, counts tokens, refuses what is \
            above the limits as the real ones do, and writes down every request it saw.

            examples:
              sluice mock --rpm 500 --tpm 200k --latency 800ms &
              sluice run rows.jsonl -o out.jsonl -m any --base-url http://127.0.0.1:8080/v1 --rpm 500 --tpm 200k
              sluice mock --faults chaos.yaml --fault "prompt=item-7: reset body"
              sluice mock --key good --invalid-key bad --quota-key spent --ledger ledger.jsonl
            """)

    @Option(name: .long, help: "Port on 127.0.0.1; 0 takes a free one.")
    var port: Int = 8080

    @Option(name: .long, help: "Key that is accepted; repeatable (default: any key, or none).")
    var key: [String] = []

    @Option(name: .long, help: "Key that is refused as invalid; repeatable.")
    var invalidKey: [String] = []

    @Option(name: .long, help: "Key whose money is used up; repeatable.")
    var quotaKey: [String] = []

    @Option(name: .long, help: "Requests per minute of each key.", transform: Flags.count)
    var rpm: Double?

    @Option(name: .long, help: "Tokens per minute of each key.", transform: Flags.count)
    var tpm: Double?

    @Option(name: .long, help: "Requests in flight of each key.", transform: Flags.positive)
    var concurrency: Int?

    @Option(name: .long, help: "How much the limits' buckets hold, as time (default 1s).", transform: Flags.span)
    var bucket: TimeSpan?

    @Option(name: .long, help: "Median time to an answer (default 0).", transform: Flags.span)
    var latency: TimeSpan?

    @Option(name: .long, help: "Spread of that time: log-normal with this sigma.")
    var sigma: Double = 0

    @Option(name: .long, help: "Time for each token of an answer.", transform: Flags.span)
    var perToken: TimeSpan?

    @Option(name: .long, help: "Length of an answer in tokens (default 46).", transform: Flags.positive)
    var answerTokens: Int?

    @Option(name: .long, help: "Fraction of requests answered with 500.")
    var error500: Double = 0

    @Option(name: .long, help: "Fraction of requests answered with 503.")
    var error503: Double = 0

    @Option(name: .long, help: "Fraction of requests answered with 429 though no limit is reached.")
    var error429: Double = 0

    @Option(name: .long, help: "Fraction of connections reset before an answer.")
    var reset: Double = 0

    @Option(
        name: .long, help: "Fault script, docs/fault-script.md; repeatable.", completion: .file(extensions: ["yaml"]))
    var faults: [String] = []

    @Option(name: .long, help: "One rule of such a script: \"rate=5%: status 503, retry-after 2s\"; repeatable.")
    var fault: [String] = []

    @Flag(name: .long, help: "Send no Retry-After with a 429.")
    var noRetryAfter = false

    @Option(name: .long, help: "Decides everything random.")
    var seed: UInt64 = 1

    @Option(name: .long, help: "How many times as fast as a clock it lives.")
    var speed: Double = 1

    @Option(name: .long, help: "File to which every request is written as it was seen.", completion: .file())
    var ledger: String?

    func run() async throws {
        var options = SimulatorOptions()
        options.port = port
        options.keys = key
        options.invalidKeys = invalidKey
        options.exhaustedKeys = quotaKey
        options.limits.requestsPerMinute = rpm
        options.limits.tokensPerMinute = tpm
        options.limits.concurrency = concurrency
        if let bucket { options.limits.window = .bucket(depth: bucket) }
        options.latency = .init(median: latency ?? .zero, sigma: sigma, perToken: perToken ?? .zero)
        if let answerTokens { options.answerTokens = answerTokens }
        options.faults = .init(serverError: error500, unavailable: error503, reset: reset, tooManyRequests: error429)
        for path in faults { options.script += try FaultScriptFile(path).rules }
        for rule in fault { options.script += try FaultScriptFile(rule: rule).rules }
        options.sendsRetryAfter = !noRetryAfter
        options.seed = seed
        options.speed = speed
        options.ledgerPath = ledger
        let simulator = try await Simulator.start(options)
        Terminal.say("simulated provider on \(simulator.baseURL), stop with ctrl-c")
        Terminal.say("hint: sluice run ROWS -o OUT -m any --base-url \(simulator.baseURL)")

        let (stopped, stop) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let signals = Signals { _ in stop.yield() }
        for await _ in stopped { break }
        signals.stop()
        await simulator.stop()
        let counts = simulator.counts()
        let refused = counts.refused.sorted { $0.key < $1.key }.map { "\(NumberText.grouped($0.value)) × \($0.key)" }
        Terminal.say(
            "\(NumberText.grouped(counts.requests)) requests: \(NumberText.grouped(counts.answered)) answered"
                + (refused.isEmpty ? "" : ", refused \(refused.joined(separator: ", "))"))
        if let failure = simulator.ledgerFailure { throw failure }
    }
}
