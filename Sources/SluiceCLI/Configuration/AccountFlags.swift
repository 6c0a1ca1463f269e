internal import ArgumentParser
internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// Flags that say where requests go and with which keys.
struct AccountFlags: ParsableArguments {
    @Option(name: .long, help: "Address of an OpenAI-compatible server; several make a pool (OPENAI_BASE_URL).")
    var baseURL: [String] = []

    @Option(name: .customLong("api-key-env"), help: "Variable that holds the key or keys (default OPENAI_API_KEY).")
    var keyVariable: String?

    @Option(
        name: .customLong("api-key-file"), help: "File that holds the key or keys, one a line.",
        completion: .file())
    var keyFile: String?

    @Option(name: .long, help: "Providers, accounts, keys and limits (default ./sluice.yaml).", completion: .file())
    var config: String?

    @Option(name: .long, help: "Requests per minute of each account, like 500 or 10k.", transform: Flags.count)
    var rpm: Double?

    @Option(name: .long, help: "Requests per second of each account.", transform: Flags.rate)
    var rps: Double?

    @Option(
        name: .long, help: "Requests per day of each account, also over several runs and outputs.",
        transform: Flags.count)
    var rpd: Double?

    @Option(name: .long, help: "Least time between two requests of each account, like 200ms.", transform: Flags.span)
    var interval: TimeSpan?

    @Option(name: .long, help: "Tokens per minute of each account, like 200k.", transform: Flags.count)
    var tpm: Double?

    @Option(name: .long, help: "Tokens of prompts per minute of each account.", transform: Flags.count)
    var itpm: Double?

    @Option(name: .long, help: "Tokens of answers per minute of each account.", transform: Flags.count)
    var otpm: Double?

    @Option(
        name: .long, help: "Tokens per day of each account, also over several runs and outputs.", transform: Flags.count
    )
    var tpd: Double?

    @Option(name: .long, help: "Requests per minute of the whole run.", transform: Flags.count)
    var totalRpm: Double?

    @Flag(
        name: .long,
        help: "Wait for the next day where a day's limit is used up (default: end with code 3, unless it is near).")
    var waitDaily = false

    @Option(
        name: .long,
        help: "Take one of N parts of every limit, 0/N to N-1/N, or auto as in --shard: runs that share an account.",
        transform: ShardFlag.init)
    var shareLimits: ShardFlag?

    @Flag(name: .long, help: "Send a key over plain http to a host that is not on a private network.")
    var allowHttp = false

    /// Accounts with what the flags say of limits, which come before the file.
    /// - Throws: ``SluiceError`` if a key would be sent in the clear to a stranger.
    func limited(_ accounts: [Account]) throws(SluiceError) -> [Account] {
        var accounts = accounts
        for index in accounts.indices {
            apply(to: &accounts[index].limits)
            for model in accounts[index].modelLimits.keys.sorted() {
                var limits = accounts[index].modelLimits[model] ?? Limits()
                apply(to: &limits)
                accounts[index].modelLimits[model] = limits
            }
            try check(accounts[index])
        }
        return accounts
    }

    /// What the flags say of days and shares.
    func apply(to options: inout RunOptions) {
        options.waitsForDays = waitDaily
        options.share = shareLimits.map { LimitShare(index: $0.index, count: $0.count) }
        options.dayCounters = UserFolder.state.path.map { $0 + "/accounts.db" }
    }

    private func apply(to limits: inout Limits) {
        limits.requestsPerSecond = rps ?? limits.requestsPerSecond
        limits.requestsPerMinute = rpm ?? limits.requestsPerMinute
        limits.requestsPerDay = rpd ?? limits.requestsPerDay
        limits.minimumInterval = interval ?? limits.minimumInterval
        limits.tokensPerMinute = tpm ?? limits.tokensPerMinute
        limits.inputTokensPerMinute = itpm ?? limits.inputTokensPerMinute
        limits.outputTokensPerMinute = otpm ?? limits.outputTokensPerMinute
        limits.tokensPerDay = tpd ?? limits.tokensPerDay
    }

    /// A key is not sent in the clear to a stranger.
    private func check(_ account: Account) throws(SluiceError) {
        guard !account.keys.isEmpty, !account.base.isSecure, !account.base.isPrivate, !allowHttp else { return }
        throw SluiceError(
            .configuration, "the key would go to \(account.base) in the clear",
            hint: "use https, or --allow-http if that is meant")
    }
}
