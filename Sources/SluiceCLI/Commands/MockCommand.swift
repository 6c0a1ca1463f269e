internal import ArgumentParser
internal import Sluice
internal import SluiceCore
internal import SluiceSimulator

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// `sluice mock`: a provider on this machine to rehearse with.
struct MockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock",
        abstract: "A simulated provider on this machine: rehearse a job with your own limits before paying for it.",
        discussion: """
            It speaks OpenAI's chat, completions, embeddings and models endpoints, streams included, counts tokens, \
            refuses what is above the limits as the real ones do, and writes down every request it saw.

            To rehearse a job: give it the limits that your provider shows for your account, and the profile of the \
            provider, which says how it counts. Run the job against it with the flags that you mean to use, and look \
            at the summary: how long it takes, what is refused and what would be tried again. --speed 10 passes the \
            time ten times as fast: times and waits are a tenth, and the limits per minute ten times what you gave, for \
            the client as well. docs/mock.md tells more.

            examples:
              sluice mock --profile openai --rpm 500 --tpm 200k \\
                --latency 800ms --sigma 0.5 --per-token 20ms &
              sluice run rows.jsonl -o out.jsonl -m any --rpm 500 --tpm 200k \\
                --base-url http://127.0.0.1:8080/v1
              sluice mock --account team=KEY1,KEY2 \\
                --account "free=KEY3;rpm=20,rpd=500" --window sliding
              sluice mock --throughput 2500 --token-rate 60 --kv-cache 400k \\
                --max-sequences 256
              sluice mock --faults chaos.yaml --fault "prompt=item-7: reset body"
              sluice mock --key good --invalid-key bad --quota-key spent \\
                --ledger ledger.jsonl
            """)

    @Option(name: .long, help: "Port on 127.0.0.1; 0 takes a free one.")
    var port: Int = 8080

    @Option(name: .long, help: "Key that is accepted; repeatable (default: any key, or none).")
    var key: [String] = []

    @Option(name: .long, help: "Key that is refused as invalid; repeatable.")
    var invalidKey: [String] = []

    @Option(name: .long, help: "Key whose money is used up; repeatable.")
    var quotaKey: [String] = []

    @OptionGroup(title: "Limits")
    var limits: MockLimitFlags

    @OptionGroup(title: "Answers")
    var answers: MockLatencyFlags

    @Option(name: .long, help: "Fraction of requests answered with 500, like 0.05.")
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
        try limits.apply(to: &options)
        try answers.apply(to: &options)
        options.faults = .init(serverError: error500, unavailable: error503, reset: reset, tooManyRequests: error429)
        for path in faults { options.script += try FaultScriptFile(path).rules }
        for rule in fault { options.script += try FaultScriptFile(rule: rule).rules }
        options.seed = seed
        options.speed = speed
        options.ledgerPath = ledger
        let simulator = try await Simulator.start(options)
        Terminal.say("simulated provider on \(simulator.baseURL), stop with ctrl-c")
        Terminal.say("hint: sluice run ROWS -o OUT -m any --base-url \(simulator.baseURL)")

        let (stopped, stop) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isStopping = Guarded(false)
        let signals = Signals { _ in
            let isSecond = isStopping.withLock { isStopping in
                defer { isStopping = true }
                return isStopping
            }
            // Nothing else ends it when the ledger is a pipe that nobody reads.
            if isSecond { _exit(130) }
            stop.yield()
        }
        for await _ in stopped { break }
        await simulator.stop()
        signals.stop()
        let counts = simulator.counts()
        let refused = counts.refused.sorted { $0.key < $1.key }.map { "\(NumberText.grouped($0.value)) × \($0.key)" }
        Terminal.say(
            "\(NumberText.grouped(counts.requests)) requests: \(NumberText.grouped(counts.answered)) answered"
                + (refused.isEmpty ? "" : ", refused \(refused.joined(separator: ", "))"))
        if let failure = simulator.ledgerFailure { throw failure }
    }
}
