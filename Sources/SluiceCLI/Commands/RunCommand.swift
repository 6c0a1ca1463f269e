internal import ArgumentParser
internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// `sluice run`: rows in, answers out.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Ask a model about every row of a file; run it again to go on where it stopped.",
        discussion: """
            Rows are request bodies, {"prompt"}, {"messages"}, {"instruction","input"}, OpenAI batch lines, bare \
            strings or plain text, recognised line by line; or any columns, also of a table, with --prompt \
            'text with {{column}}'.

            Answers are appended to OUTPUT, one durable line each; failed rows go to OUTPUT.errors.jsonl. An OUTPUT in \
            another format, like out.csv, is written whenever the run stops, and by sluice merge.

            With --fallback a row goes to the next model when its own cannot answer it: no key may use the model, the \
            request is refused for good (too long, content, a parameter), its tries are used up, nothing gets through, \
            or the day's limit is used up. A limit that only needs waiting is waited for.

            With --models a,b every row is asked of every model; each answer is a line that names its model as \
            sluice.asked, and the same command with one model more asks only that.

            exit codes: 0 no row failed, 1 some rows failed, 2 could not run, 3 keys or day used up, 4 budget, 5 output in use, \
            6 disk, 75 terminated, 130 interrupted.
            """)

    @Argument(
        help: "File of rows: .jsonl, .csv, .tsv or .txt, also with .gz; or - for standard input.", completion: .file())
    var input: String?

    @Option(name: .shortAndLong, help: "File the answers go to, or - for standard output.", completion: .file())
    var output: String?

    @Option(name: .shortAndLong, help: "Model; replaces the rows' own.")
    var model: String?

    @Option(name: .long, help: "Models that every row is asked of, like a,b: a line for each row and model.")
    var models: String?

    @Option(name: .long, help: "Model that is asked where the one before it cannot answer; several make a chain.")
    var fallback: [String] = []

    @Option(
        name: .shortAndLong,
        help: """
            Requests in flight at once; auto looks for the number that the server does best with (default: what its \
            limits need, 256 where none is known).
            """,
        transform: ConcurrencyFlag.init)
    var concurrency: ConcurrencyFlag?

    @Option(
        name: [.customShort("n"), .long], help: "Send at most so many rows; with --models each model counts.",
        transform: Flags.positive)
    var rows: Int?

    @OptionGroup(title: "Files") var file: FileFlags
    @OptionGroup(title: "Asking") var asking: AskingFlags
    @OptionGroup(title: "Where to") var account: AccountFlags
    @OptionGroup(title: "Money") var money: MoneyFlags
    @OptionGroup(title: "Answers that are there already") var cache: CacheFlags
    @OptionGroup(title: "Trouble") var trouble: TroubleFlags
    @OptionGroup(title: "Connections") var connection: ConnectionFlags
    @OptionGroup(title: "On the screen") var screen: ScreenFlags
    @OptionGroup(visibility: .hidden) var foreign: ForeignFlags

    @Flag(name: .long, help: "Show the first request as it would go out, and what there is to do; send nothing.")
    var dryRun = false

    func run() async throws {
        let options = try self.options(isLook: dryRun)
        if options.input == nil, Terminal.isInputInteractive, !dryRun {
            Terminal.say("reading rows from the keyboard; end with ctrl-d")
        }
        if dryRun { return try DryRunText.show(options, json: screen.json) }
        let code = try await RunSession(options, screen: screen, journal: file.journal).run()
        if code != 0 { throw ExitCode(code) }
    }

    /// What the flags say.
    /// - Parameter isLook: Whether nothing is to be sent; then neither an output nor a key is needed.
    func options(isLook: Bool) throws -> RunOptions {
        var command = self
        try foreign.translate(&command)
        return try command.translated(isLook: isLook)
    }

    private func translated(isLook: Bool) throws -> RunOptions {
        let files = try file.files()
        if files.areFolders, self.input != nil || self.output != nil {
            throw ValidationError("--in-dir and --out-dir stand in the place of INPUT and -o")
        }
        guard let input = input ?? file.inDir else {
            throw ValidationError("no input: name a file, or - for standard input")
        }
        guard let output = output ?? file.outDir ?? (isLook ? "-" : nil) else {
            throw ValidationError("no output: name a file with -o, or -o - for standard output")
        }
        var options = RunOptions()
        options.input = input == "-" ? nil : input
        options.output = output == "-" ? nil : output
        guard file.journal == nil || options.output == nil else {
            throw ValidationError("--journal is for -o -; an output file keeps its answers itself")
        }
        options.files = files
        options.asking = try asking.asking(model: model)
        options.asking.models = FileFlags.names(models)
        if models != nil, options.asking.models.isEmpty { throw ValidationError("--models names no model") }
        options.asking.fallbacks = fallback
        let configuration = try account.configuration()
        options.asking.chains = try configuration.map(ModelChains.read) ?? [:]
        options.save = asking.save ?? .text
        if isLook {
            options.accounts = try account.accountsToLookAt(configuration, key: foreign.key)
        } else {
            (options.accounts, options.accountSource) = try account.accounts(configuration, key: foreign.key)
        }
        options.totalRequestsPerMinute = account.totalRpm
        account.apply(to: &options)
        concurrency?.apply(to: &options)
        options.rowLimit = rows
        trouble.apply(to: &options)
        if trouble.onExhausted == .wait, options.accountSource == nil, !isLook {
            throw ValidationError(
                "--on-exhausted wait needs a file that keys come from and that can change: --config or --api-key-file")
        }
        try connection.apply(to: &options)
        try money.apply(to: &options, isLook: isLook)
        let settings = configuration ?? ConfigurationFile.aside()
        try cache.apply(to: &options, settings)
        options.catalogue = try PriceFile.catalogue(settings)
        options.title = screen.title
        return options
    }
}

/// The value of `-c`.
struct ConcurrencyFlag {
    /// The number of slots; nil for auto.
    let slots: Int?

    init(_ text: String) throws { slots = try Flags.concurrency(text) }

    /// Sets the slots, or has the concurrency of each account found that has none in the configuration.
    func apply(to options: inout RunOptions) {
        options.concurrency = slots
        guard slots == nil else { return }
        options.accounts = Self.searching(options.accounts)
        guard let read = options.accountSource?.read else { return }
        options.accountSource?.read = { () throws(SluiceError) in
            var reading = try read()
            reading.accounts = Self.searching(reading.accounts)
            return reading
        }
    }

    private static func searching(_ accounts: [Account]) -> [Account] {
        var accounts = accounts
        for index in accounts.indices {
            let base = accounts[index].base
            let usual = UsualLimits.at(base).concurrency
            accounts[index].limits.findConcurrency(upTo: usual)
            let ofModels = UsualLimits.concurrency(ofModelsAt: base)
            for model in accounts[index].modelLimits.keys {
                accounts[index].modelLimits[model]?.findConcurrency(upTo: ofModels[model] ?? usual)
            }
        }
        return accounts
    }
}

extension Limits {
    /// Has the concurrency looked for, up to what is usual, unless the configuration has another one.
    fileprivate mutating func findConcurrency(upTo usual: Int?) {
        if concurrency == nil || concurrency == usual { findsConcurrency = true }
    }
}
