public import SluiceCore
public import SluiceProviders
internal import SluiceStorage

/// Everything that a run can be told; change what differs from the defaults and hand it to ``Run``.
public struct RunOptions: Sendable {
    /// Where rows come from: a path, or nil for the standard input.
    public var input: String?
    /// Where answers go: a path, or nil for the standard output, which keeps no state.
    public var output: String?
    /// What the input and the output look like.
    public var files = Files()
    /// How rows become requests.
    public var asking = Asking()
    /// What is kept of an answer.
    public var save = Save.text
    /// The accounts that requests are spread over; at least one.
    public var accounts: [Account] = []
    /// Requests in flight at once, 1 to 100,000; nil lets Sluice choose.
    public var concurrency: Int?
    /// Requests per minute for the whole run, above the limits of the accounts.
    public var totalRequestsPerMinute: Double?
    /// Tries of a request before its row fails, at least 1; refusals for a limit do not count.
    public var maxAttempts = 5
    /// Requests that may be sent again after failures, for each answer, 0 and above; some are free.
    public var retryShare = 0.2
    /// The longest time for one reply; nil for 600 s, or 1 h for a server on this machine or a private network.
    public var timeout: TimeSpan?
    /// The longest time for a row that only meets refusals and outages.
    public var rowDeadline = TimeSpan.seconds(86400)
    /// Whether the next day is waited for where a day's limit is used up.
    ///
    /// If not, the run ends then, unless the day ends within five minutes.
    public var waitsForDays = false
    /// The part of every account's limits that this run takes; nil for all.
    public var share: LimitShare?
    /// Where the days of accounts are counted, for all runs on this machine; nil for the state folder of the output.
    public var dayCounters: String?
    /// Where the accounts are written down, which is looked at while the run goes on; nil if they stay as they are.
    public var accountSource: AccountSource?
    /// Whether a run without a usable key waits for a change of its ``accountSource``; if not, it ends.
    public var waitsForKeys = true
    /// After how long a run that waits for keys says so again; after twice as long each time.
    public var keyReminder = TimeSpan.seconds(30)
    /// How long to wait for a server that has not answered yet at all.
    public var waitReady = TimeSpan.seconds(60)
    /// At most so many rows are sent, a row for each of ``Asking/models`` counted; nil for all.
    public var rowLimit: Int?
    /// Whether to stop at the first failed row.
    public var stopsAtFirstFailure = false
    /// Whether to stop when the first rows all fail for one reason that is not theirs.
    public var stopsAtCommonFailure = true
    /// The share of the answers beyond whose time a request is slow, 0.5 and above and below 1; nil for no second requests.
    ///
    /// In the tail of the run a second request is sent for a slow one, for 2 % of the answers at most. The first answer
    /// counts; the other request is broken off and its cost counted.
    public var hedge: Double?
    /// Whether a bad line stops the run before anything is sent.
    public var isStrict = false
    /// Whether many finished rows may be asked again because they, or the prompt, have changed.
    public var redo = false
    /// Whether every finished row is asked again.
    public var redoAll = false
    /// Whether answers are synced to the disk before they count as written.
    public var isDurable = true
    /// How long to wait for room on a full disk.
    public var diskWait = TimeSpan.seconds(600)
    /// How long requests in flight may take to finish after SIGTERM.
    public var grace = TimeSpan.seconds(20)
    /// How connections are made.
    public var connection = ConnectionOptions()
    /// The bytes that rows and answers in flight may take together; what does not fit waits.
    public var maxMemory = 1 << 30
    /// The amount that the run, with those before it into the same output, never spends more than; nil for no bound.
    public var maxCost: Money?
    /// Models with their context windows and prices.
    public var catalogue = Catalogue.builtIn
    /// What becomes of prompts that are longer than their model reads; nil leaves that to the provider.
    public var tooLong: TooLong?
    /// Whether answers are kept on the disk, and given to rows that ask the same.
    public var cache = CacheOptions()
    /// Whether rows that ask the same get the same answer whatever their temperature; at temperature 0 they always do.
    public var sharesAnswers = false
    /// A name for people, shown in progress.
    public var title: String?

    /// The defaults; set the accounts, the input and the output.
    public init() {}
}

extension RunOptions {
    /// Whether what may be spent is limited, by the run or by an account.
    var limitsSpending: Bool { maxCost != nil || accounts.contains(where: \.limitsSpending) }

    /// What is asked again although it is finished; nil where nothing is.
    var redoOfAll: Redo? {
        guard redoAll else { return nil }
        let askedWith = AskedWith(asking).json(saving: save, requests: (try? form())?.needsRequest ?? false)
        return Redo(
            models: asking.models, askedWith: askedWith, answerField: asking.answerField,
            shard: files.source(input).shard)
    }

    /// The options with what follows from the others.
    ///
    /// Throws ``SluiceError`` where a limit is too small to be shared, or models cannot be compared.
    func completed() throws(SluiceError) -> RunOptions {
        try asking.checkModels(files, output: output)
        // A look at the rows needs no output, whatever a run would make of its columns.
        if output != nil { _ = try form() }
        var options = self
        // The files of a folder are texts, so one that is no row of another shape is asked as it is.
        if files.areFolders { options.asking.textFallback = "text" }
        if let input { options.asking.inputName = input }
        if let form = try? files.form(output), form.needsResponse { options.save = .response }
        if let model = asking.model, let chain = asking.chains[model], let first = chain.first {
            // The run's own model has limits and prices, which a name for several has not.
            options.asking.chainName = model
            options.asking.model = first
            options.asking.chains[first] = chain
        }
        if let share {
            for index in accounts.indices { options.accounts[index] = try share.part(of: accounts[index]) }
        }
        return options
    }

    /// What the output looks like, with what is kept of the answers in it.
    func form() throws(SluiceError) -> OutputForm {
        var form = try files.form(output)
        try files.checkColumns(form, asking)
        if !form.needsResponse { form.save = save.rawValue }
        return form
    }

    /// How long a run waits for a day's limit to be renewed before it ends.
    static let dayPatience = TimeSpan.seconds(300)
}
