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

    /// The accounts: by flags and variables, else by the configuration file.
    /// - Throws: ``SluiceError`` if there is no key where one is needed.
    /// - Parameters:
    ///   - key: A key that stands on the command line.
    ///   - needsKeys: False for a look that sends nothing.
    func accounts(key: Secret? = nil, needsKeys: Bool = true) throws(SluiceError) -> [Account] {
        var accounts = try named(key, needsKeys)
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

    /// The files that the accounts come from, to be watched while a run goes on; nil if they come from flags and
    /// variables alone.
    func source(key: Secret? = nil) throws(SluiceError) -> AccountSource? {
        guard key == nil else { return nil }
        var files: [String] = []
        if let path = configuration, let keyFiles = try ConfigurationFile.keyFiles(of: path) {
            files = [path] + keyFiles
        }
        if files.isEmpty, let keyFile { files = [keyFile] }
        guard !files.isEmpty else { return nil }
        return AccountSource(files: files.map(UserFolder.expanded)) { [self] () throws(SluiceError) in
            try accounts()
        }
    }

    /// What the flags say of days and shares.
    func apply(to options: inout RunOptions) {
        options.waitsForDays = waitDaily
        options.share = shareLimits.map { LimitShare(index: $0.index, count: $0.count) }
        options.dayCounters = UserFolder.state.path.map { $0 + "/accounts.db" }
    }

    /// Flags come before the file.
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

    /// The models that are known: those built in, newer ones of `pricing update`, the configuration's own over all.
    func catalogue() throws(SluiceError) -> Catalogue {
        try PriceFile.catalogue(config: configuration)
    }

    private var addresses: [String] {
        baseURL.isEmpty ? ProcessEnvironment["OPENAI_BASE_URL"].map { [$0] } ?? [] : baseURL
    }

    /// The configuration that counts: the one that is named, else the one that is found, unless something before it
    /// says where to send.
    var configuration: String? {
        let isExplicit = !addresses.isEmpty || keyVariable != nil || keyFile != nil
        return config ?? (isExplicit ? nil : ConfigurationFile.found())
    }

    private func named(_ key: Secret?, _ needsKeys: Bool) throws(SluiceError) -> [Account] {
        if let config, !baseURL.isEmpty {
            throw SluiceError(
                .usage, "--config and --base-url both say where to send", hint: "leave one out, or edit \(config)")
        }
        // A file may hold prices alone.
        if key == nil,
            let configured = try configuration.map({ path throws(SluiceError) in
                try ConfigurationFile(path).accounts
            }),
            !configured.isEmpty
        {
            return configured
        }
        let keys = if let key { [key] } else { try self.keys(isCustom: !addresses.isEmpty || !needsKeys) }
        var accounts: [Account] = []
        for address in addresses.isEmpty ? ["https://api.openai.com/v1"] : addresses {
            let base = try BaseURL(address)
            if keys.isEmpty { accounts.append(account(base.authority, base, [])) }
            for (index, key) in keys.enumerated() {
                // Each key is an account of its own until a configuration groups them.
                let name = keys.count == 1 ? base.authority : "\(base.authority) key \(index + 1)"
                accounts.append(account(name, base, [key]))
            }
        }
        return accounts
    }

    private func account(_ name: String, _ base: BaseURL, _ keys: [Secret]) -> Account {
        Account(name: name, base: base, keys: keys, limits: UsualLimits.at(base))
    }

    private func keys(isCustom: Bool) throws(SluiceError) -> [Secret] {
        if let keyFile { return try KeySource.keys(inFile: keyFile) }
        if let keyVariable { return try KeySource.keys("env:\(keyVariable)") }
        for variable in ["OPENAI_API_KEYS", "OPENAI_API_KEY"] {
            if let value = ProcessEnvironment[variable] { return try KeySource.split(value, variable, nil, nil) }
        }
        if isCustom { return [] }
        if TextFile.exists("~/oai_key.txt") { return try KeySource.keys(inFile: "~/oai_key.txt") }
        throw SluiceError(
            .configuration, "no key",
            hint: "export OPENAI_API_KEY=…, or name a server with --base-url, or rehearse with 'sluice mock'")
    }

    /// A key is not sent in the clear to a stranger.
    private func check(_ account: Account) throws(SluiceError) {
        guard !account.keys.isEmpty, !account.base.isSecure, !account.base.isPrivate, !allowHttp else { return }
        throw SluiceError(
            .configuration, "the key would go to \(account.base) in the clear",
            hint: "use https, or --allow-http if that is meant")
    }
}
