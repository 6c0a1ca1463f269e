internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceStorage
internal import SluiceTransport

/// Everything that happens between the command and the first request: files are opened, locked, repaired and
/// compared, the question is checked, the stages are put together.
struct Preparation: Sendable {
    /// Requests that may be in flight at once.
    let slots: Int
    /// Rows that are carried at once.
    let carried: Int
    /// Slots beyond these for the rows that try an endpoint which fails.
    let spare: Int
    /// Rows of the whole input; nil for a stream.
    let total: Int?
    /// Whether every row was found answered, so that the input need not be read once more.
    let isDone: Bool
    let writer: DurableWriter
    let disk: Gate
    let memory: MemoryGate
    let store: OutputStore
    let manifest: ManifestFile?
    let series: SeriesSampler?
    /// What earlier runs into the output have spent.
    let before: SpentMoney

    let options: RunOptions
    let environment: Environment
    private let plan: PlanStage
    let form: OutputForm
    let events: EventLog
    private let notes: FallbackNotes
    let prices: PriceBook
    let days: DayLedger?
    let cache: AnswerCache?
    private let places: CachePlaces?
    let quarantine: Quarantine

    /// Look-ups in the cache, and rows that it answers, come in groups of up to so many, however few may be in flight.
    private static let carriedWithCache = 512

    /// - Returns: nil if the run was stopped before it could begin.
    static func make(
        _ options: RunOptions, environment: Environment, events: EventLog,
        shouldStop: @escaping @Sendable () -> Bool
    ) async throws(SluiceError) -> Preparation? {
        guard !options.accounts.isEmpty else { throw SluiceError(.configuration, "no account to send with") }
        let onEvent = events.take
        let options = try options.completed()
        let source = options.files.source(options.input)
        let form = try options.form()
        let question = try QuestionCheck(options)
        try question.look(at: source)
        if options.isStrict {
            // What is not there at all is said by whoever opens it.
            guard source.isScannable || options.input.map({ !StateFile.exists($0) }) ?? false else {
                throw SluiceError(
                    .usage, "--strict needs a file: rows of a pipe are sent before its last line has come",
                    hint: "save the rows to a file first")
            }
            try await BlockingThread.run("checking") { () throws(SluiceError) in
                try question.refuseUnaskable(in: source, shouldStop: shouldStop)
            }
        }

        let target: OutputTarget
        if let output = options.output {
            target = try OutputTarget(path: output, form: form)
        } else {
            target = .standardOutput
        }
        var start = StartOptions(
            input: source, output: target, hasher: question.hasher, started: environment.now().wall)
        // With several models, all is asked again of those that are named; the answers of others are not given up.
        start.allowsRedo = options.redo || options.redoAll && options.asking.models.isEmpty
        start.redo = options.redoOfAll
        start.models = options.asking.models
        start.form = form
        start.refusesDuplicates = options.files.duplicateID == .refuse
        start.failedRows = SluiceStorage.FailedRows(rawValue: options.files.failedRows.rawValue) ?? .retry
        start.answerField = options.asking.answerField
        let prices = PriceBook(options)
        try checkModel(options)
        for note in options.misspeltLimits { onEvent(RunEvent(note)) }
        try checkPrices(options, prices)
        try SendStage.check(options)
        try DirectTransport.check(options.tls)
        let sumsRows = options.maxCost != nil
        let wall = environment.now().wall
        let cache = try await openCache(options.cache, environment, onEvent)
        do throws(SluiceError) {
            let opened = try await BlockingThread.run("starting") {
                [start] () throws(SluiceError) -> (OutputStore, SpentBefore, DayLedger?, Suspects)? in
                var days: DayLedger?
                let started = try OutputStore.start(
                    start,
                    checking: { rows, counts throws(SluiceError) in
                        if rows != source { try question.look(at: rows) }
                        try refuseBadLines(options, counts)
                        days = try DayBook.openLedger(options, paths: target.paths, now: wall, onEvent: onEvent)
                    }, shouldStop: shouldStop)
                guard let store = started else { return nil }
                let suspects = try store.paths.map { paths throws(SluiceError) in try Suspects.read(paths) }
                return (store, try SpentBefore.read(store.paths, sumsRows: sumsRows), days, suspects ?? Suspects())
            }
            guard let (store, before, days, suspects) = opened else {
                await cache?.close()
                return nil
            }
            return try Preparation(
                options, environment: environment, form: form, question: question, store: store, before: before,
                suspects: suspects, prices: prices, days: days, cache: cache, events: events)
        } catch {
            await cache?.close()
            throw error
        }
    }

    private static func openCache(
        _ options: CacheOptions, _ environment: Environment, _ onEvent: @escaping @Sendable (RunEvent) -> Void
    ) async throws(SluiceError) -> AnswerCache? {
        guard let folder = options.folder else { return nil }
        return try await BlockingThread.run("opening the cache") { () throws(SluiceError) in
            try AnswerCache(folder, limits: options.limits, now: { environment.now().wall }) { note in
                onEvent(RunEvent(note, isError: true))
            }
        }
    }

    private static func refuseBadLines(_ options: RunOptions, _ counts: InputCounts?) throws(SluiceError) {
        guard options.isStrict, let counts, let bad = counts.firstBad else { return }
        throw SluiceError(
            .configuration, "\(counts.bad) bad lines, and --strict; the first: \(bad.message)",
            file: options.input, line: bad.line)
    }

    /// A model that no account is asked for would leave every row.
    private static func checkModel(_ options: RunOptions) throws(SluiceError) {
        let names = options.asking.namedModels
        guard let own = names.first, names.allSatisfy({ options.accounts.serving($0).isEmpty }) else { return }
        let named = options.accounts.flatMap { ($0.models ?? []) + $0.aliases.keys } + options.asking.chains.keys
        let known = Set(named).sorted()
        let near = DidYouMean.nearest(to: own, among: known).map { "did you mean '\($0)'?" }
        throw SluiceError(
            .configuration, "no account has '\(own)' among its models",
            hint: near ?? "known: \(known.prefix(20).joined(separator: ", "))")
    }

    /// Money for a model whose price nobody knows could not be limited.
    private static func checkPrices(_ options: RunOptions, _ prices: PriceBook) throws(SluiceError) {
        guard options.limitsSpending else { return }
        for model in options.asking.namedModels {
            let offers = prices.offers(model)
            let unpriced = offers.first { $0.model?.price == nil }?.name
            guard let name = offers.isEmpty ? model : unpriced else { continue }
            throw SluiceError(
                .configuration,
                "no price is known for '\(name)', so \(options.maxCost == nil ? "spend" : "--max-cost") cannot be kept",
                hint: "give it in sluice.yaml, prices: {\(name): {input: 0.5, output: 1.5, max_output: 8k}}")
        }
    }

    private init(
        _ options: RunOptions, environment: Environment, form: OutputForm, question: QuestionCheck,
        store: OutputStore, before: SpentBefore, suspects: Suspects, prices: PriceBook, days: DayLedger?,
        cache: AnswerCache?, events: EventLog
    ) throws(SluiceError) {
        self.options = options
        self.environment = environment
        self.form = form
        self.events = events
        events.begin(options, at: store.paths)
        let onEvent = events.take
        let notes = FallbackNotes(onEvent)
        self.notes = notes
        self.store = store
        self.prices = prices
        self.days = days
        self.cache = cache
        places = cache.map { _ in CachePlaces(options.accounts) }
        var spent = SpentMoney()
        spent.limit = options.maxCost
        spent.answersBefore = before.answers
        spent.uncertainBefore = before.uncertain
        self.before = spent
        let counts = store.counts
        StartText.say(counts, redoesAll: options.redoAll, onEvent)
        let former = FormerRun.read(store)
        FormerRun.compare(options, former, onEvent)
        total = counts.input.map { $0.rows + $0.bad }
        isDone = counts.left == 0 && counts.input?.bad == 0 && options.files.failedRows == .retry
        let needsTokens =
            options.tooLong != nil
            || options.accounts.contains { account in
                account.limits.countsTokens || account.modelLimits.values.contains(where: \.countsTokens)
            }
        plan = PlanStage(
            question, known: store.rows, tokens: PromptEstimator(isNeeded: needsTokens, nameOf: prices.name),
            preflight: Preflight(options, prices: prices),
            likeness: Likeness(options, places: places), onFallback: { notes.take(from: $0, to: $1, $2) },
            onLeftOut: { [note = LeftOutNote(onEvent)] in note.take($0, line: $1) })

        var writing = WriterOptions()
        writing.durability = options.isDurable ? .sync : .os
        writing.diskWait = options.diskWait
        // With many slots a sync pays off for more lines a millisecond later; with few it would only be later.
        if (options.concurrency ?? 256) >= 64 { writing.gather = .milliseconds(1) }
        let disk = Gate(isClosed: false)
        self.disk = disk
        memory = MemoryGate(limit: options.maxMemory)
        let writer = try store.makeWriter(options: writing, clock: { environment.now().mono }) { event in
            switch event {
            case .full(let error):
                disk.close()
                onEvent(RunEvent("\(error)", isError: true))
            case .room:
                disk.open()
                onEvent(RunEvent("there is room on the disk again"))
            }
        }
        self.writer = writer
        let left = counts.left.map { $0 + (counts.input?.bad ?? 0) + counts.finished }
        slots = Concurrency.slots(options, rows: left, onEvent: onEvent)
        carried = cache == nil ? slots : max(slots, min(Self.carriedWithCache, left ?? Self.carriedWithCache))
        spare = min(Pipeline.Settings.mostSpareSlots, max(0, (left ?? .max) - carried))
        quarantine = Quarantine(suspects, paths: store.paths, slots: carried + spare, onEvent)
        series = store.paths.map {
            SeriesSampler(options, paths: $0, started: environment.now().wall, onEvent: onEvent)
        }
        manifest = store.paths.map { [slots] paths in
            ManifestFile(
                options, paths: paths, fingerprint: counts.input?.fingerprint, slots: slots, spent: spent,
                former: former,
                writer: writer, environment: environment, events: events)
        }
    }

    /// Puts the stages together.
    func pipeline(transport: any Transport) throws(SluiceError) -> Pipeline {
        let onEvent = events.take
        let now = environment.now
        let report = Tally()
        if isDone { report.update { $0.doneBefore = store.counts.input?.rows ?? 0 } }
        var models = ModelNames(options)
        let policy = AdmissionPolicy(options, slots: slots, models: &models, seed: environment.seed, now: now())
        let state = RunState()
        let spares = Gate(isClosed: true)
        let share = ShareStage(options, cache: cache, places: places)
        let days = days.map { DayBook(options, ledger: $0, now: now) { state.halt(.error($0)) } }
        return Pipeline(
            read: ReadStage(
                try RecordFeed(
                    store.source, distinguishesIDs: options.files.duplicateID == .suffix,
                    models: options.asking.models, make: { [plan] in Planned($0, by: plan) },
                    complete: share.lookAhead),
                rowLimit: isDone ? 0 : options.rowLimit, memory: memory),
            plan: plan,
            share: share,
            admit: Admission(
                policy, models: models, budget: budget, days: days, share: options.share, transport: transport, now: now
            ) { notice in
                if case .endpointLost = notice { spares.open() }
                if let text = NoticeText.line(notice) { onEvent(RunEvent(text)) }
            },
            send: try SendStage(options, transport: transport),
            judge: JudgeStage(options, now: now),
            purse: Purse(prices, now: now),
            record: RecordStage(options, form: form, writer: writer, store: store, onEvent: onEvent),
            report: report,
            state: state,
            disk: disk,
            memory: memory,
            quarantine: quarantine,
            spare: spares,
            hedger: options.hedge.map { Hedger(quantile: $0, environment: environment) },
            settings: Pipeline.Settings(
                slots: carried, spareSlots: spare, maxAttempts: max(1, options.maxAttempts),
                rowDeadline: options.rowDeadline,
                stopsAtFirstFailure: options.stopsAtFirstFailure, now: now,
                backoff: Jitter(seed: environment.seed &+ 1), onFallback: notes.take))
    }

    private var budget: Budget? {
        options.maxCost.map { limit in
            let spent = (before.answersBefore ?? .zero) + before.uncertainBefore
            return Budget(limit: limit, spent: spent, lease: manifest == nil ? nil : spent)
        }
    }
}
