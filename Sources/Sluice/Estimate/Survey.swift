internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceStorage
internal import SluiceTokens

/// The pass over the input behind an estimate.
struct Survey: ~Copyable {
    private static let shown = 10

    private let options: RunOptions
    private let source: InputSource
    private let stage: PlanStage
    private let preflight: Preflight
    private let time: WallTime
    private let limits: KnownLimits
    private let badLines: Int
    private var answers: AnswersSoFar
    private var found: [String: ModelShare] = [:]

    private var done = 0
    private var toDo = 0
    /// Of these, the ones that a run would really send.
    private var sent = 0
    private var left = 0
    private var unaskable = 0
    private var firstBad: String?
    private var tooLong = 0
    private var tooLongRows: [Estimate.TooLongRow] = []
    private var truncated = 0
    private var overLimit = 0
    private var overLimitRows: [Estimate.TooLongRow] = []
    private var input = 0
    private var methods: Set<TokenEstimate.Method> = []
    private var output = Estimate.Span(low: 0, expected: 0, high: 0)

    init(_ options: RunOptions, now: WallTime) throws(SluiceError) {
        guard let path = options.input else {
            throw SluiceError(.usage, "an estimate needs a file", hint: "save the rows to a file first")
        }
        let options = try options.completed()
        let source = options.files.source(path)
        guard source.isScannable || !StateFile.exists(path) else {
            throw SluiceError(
                .usage, "an estimate needs a file that can be read twice", hint: "save the rows to a file first")
        }
        let question = try QuestionCheck(options)
        try question.look(at: source)
        let counts = try InputCounts.of(source, hasher: question.hasher, models: options.asking.models)
        // Without an output nothing is done, whatever its format would be.
        let form = options.output == nil ? OutputForm(.rows) : try options.files.form(options.output)
        let answers = try AnswersSoFar(options, form: form)
        let isPrecise = !answers.counted.isEmpty
        self.options = options
        self.source = source
        self.answers = answers
        time = now
        limits = KnownLimits(options.accounts)
        preflight = Preflight(looking: options)
        let tokens = PromptEstimator(isNeeded: true, isPrecise: isPrecise, nameOf: preflight.prices.name)
        stage = PlanStage(
            question, known: nil, tokens: tokens, preflight: options.tooLong == .truncate ? preflight : nil)
        badLines = counts.bad
        firstBad = counts.firstBad.map { "line \($0.line): \($0.message)" }
    }

    mutating func read() throws(SluiceError) {
        try learn()
        try FirstRecords.read(source, count: .max) { record in
            for model in options.asking.variants { look(at: record.asked(of: model)) }
        }
    }

    private mutating func look(at record: Record) {
        guard case .success(let row) = stage.read(record) else { return }
        if answers.finished.take(row.hash) {
            done += 1
            return
        }
        do throws(Failure) { add(row, try stage.order(row)) } catch {
            if isBehindLimit() { return }
            unaskable += 1
            firstBad = firstBad ?? "line \(row.line): \(error.message)"
        }
    }

    /// Learns from what the provider counted for rows that are done; they may stand anywhere in the input.
    private func learn() throws(SluiceError) {
        var unseen = answers.counted
        guard !unseen.isEmpty else { return }
        try FirstRecords.read(source, count: .max, until: { unseen.isEmpty }) { record in
            for model in options.asking.variants {
                guard case .success(let row) = stage.read(record.asked(of: model)),
                    let tokens = unseen.removeValue(forKey: row.hash), let order = try? stage.order(row)
                else { continue }
                stage.learn(order, Usage(input: tokens))
            }
        }
    }

    /// Whether a run of so many rows would leave the next one; it is counted then.
    private mutating func isBehindLimit() -> Bool {
        guard let limit = options.rowLimit, toDo >= limit else { return false }
        left += 1
        return true
    }

    private mutating func add(_ row: Row, _ order: Plan.Order) {
        if isBehindLimit() { return }
        toDo += 1
        if order.truncated > 0 { truncated += 1 }
        var name = order.model
        if preflight.excess(name, tokens: order.inputTokens) != nil {
            if case .model(let other) = options.tooLong, preflight.excess(other, tokens: order.inputTokens) == nil {
                name = other
            } else {
                let context = preflight.prices.models(order.model).compactMap(\.context).max() ?? 0
                tooLong += 1
                Self.note(row, order.inputTokens, of: context, in: &tooLongRows)
                // It fails unsent, and costs nothing.
                if options.tooLong != nil { return }
            }
        }
        let model = found[name]?.model ?? preflight.prices.models(name).first
        let length = length(row, order, model)
        // As admission reckons when a run begins.
        let demand = TokenDemand(
            input: order.inputTokens, output: OutputLengths.unknown(cap: order.maxTokens), maxOutput: order.maxTokens)
        if let obstacle = limits.obstacle(name, demand) {
            overLimit += 1
            return Self.note(row, obstacle.needs, of: obstacle.limit, in: &overLimitRows)
        }
        sent += 1
        input += order.inputTokens
        methods.insert(order.prompt.estimate.method)
        output.low += length.low
        output.expected += length.expected
        output.high += length.high
        found[name, default: ModelShare(model)].add(
            input: order.inputTokens, output: length, body: order.body, at: time)
    }

    private static func note(_ row: Row, _ tokens: Int, of room: Int, in rows: inout [Estimate.TooLongRow]) {
        guard rows.count < shown else { return }
        rows.append(Estimate.TooLongRow(line: row.line, tokens: tokens, room: room))
    }

    /// The length of an answer: by those so far, else between nothing and its cap.
    private func length(_ row: Row, _ order: Plan.Order, _ model: Model?) -> Estimate.Span<Int> {
        guard order.endpoint != .embeddings else { return Estimate.Span(low: 0, expected: 0, high: 0) }
        let samples = Self.samples(order)
        let cap = (order.maxTokens ?? model?.maxOutput).map { $0 * samples }
        let lengths = answers.lengths(asked: row.asked)
        guard lengths.sayEnough else {
            let expected = OutputLengths.unknown(cap: order.maxTokens ?? model?.maxOutput) * samples
            return Estimate.Span(low: 0, expected: expected, high: max(expected, cap ?? model?.context ?? expected))
        }
        // Two standard errors of the mean: what the answers to come have on average.
        let error = 2 * lengths.deviation / Double(lengths.samples).squareRoot()
        func bounded(_ tokens: Double) -> Int { min(cap ?? .max, Int(max(0, tokens).rounded(.up))) }
        return Estimate.Span(
            low: bounded(lengths.mean - error), expected: bounded(lengths.mean), high: bounded(lengths.mean + error))
    }

    /// How many answers a request asks for.
    private static func samples(_ order: Plan.Order) -> Int {
        // Few requests have the member, which is not worth parsing all of them.
        guard order.body.containsText("\"n\":"), let body = try? JSON.parse(order.body) else { return 1 }
        return min(max(1, body["n"]?.int ?? 1), 1 << 10)
    }

    // MARK: the result

    func fill(_ estimate: inout Estimate) {
        estimate.done = done
        estimate.toDo = toDo
        estimate.left = left
        estimate.bad = badLines + unaskable
        estimate.firstBad = firstBad
        estimate.tooLong = tooLong
        estimate.tooLongRows = tooLongRows
        estimate.truncated = truncated
        estimate.overLimit = overLimit
        estimate.overLimitRows = overLimitRows
        estimate.inputTokens = input
        // The least sure of them speaks for all.
        estimate.method = (TokenEstimate.Method.allCases.last { methods.contains($0) } ?? .exact).rawValue
        estimate.outputTokens = output
        let known = options.asking.variants.map { answers.lengths(asked: $0) }
        estimate.answersKnown = known.allSatisfy(\.sayEnough) ? known.reduce(0) { $0 + $1.samples } : 0
        estimate.spent = answers.cost
        let unpriced = found.filter { $0.value.model?.price == nil }.map { preflight.prices.name(of: $0.key) }
        estimate.unpriced = Set(unpriced).sorted()
        let priced = found.values.filter { $0.model?.price != nil }
        if !priced.isEmpty {
            estimate.cost = Estimate.Span(
                low: priced.reduce(.zero) { $0 + $1.low }, expected: priced.reduce(.zero) { $0 + $1.expected },
                high: priced.reduce(.zero) { $0 + $1.high })
            estimate.batchCost = priced.reduce(.zero) { $0 + $1.batch }
            let saving = priced.reduce(Money.zero) { $0 + $1.saving(at: time) }
            if saving > .zero { estimate.cachedCost = priced.reduce(.zero) { $0 + $1.expected } - saving }
        }
        estimate.models = options.asking.models.map { name in
            let share = found[Fallbacks(options.asking).start(name).model]
            return Estimate.ModelEstimate(
                model: name, rows: share?.rows ?? 0, inputTokens: share?.input ?? 0, outputTokens: share?.output ?? 0,
                cost: share.flatMap { $0.model?.price == nil ? nil : $0.expected })
        }
        estimate.prefixTokens = found.values.map(\.prefixTokens).max() ?? 0
        fillTime(&estimate)
    }

    /// The limit that takes longest.
    private func fillTime(_ estimate: inout Estimate) {
        guard sent > 0 else { return estimate.time = .zero }
        var bounds = found.compactMap { name, share in
            limits.bound(name, requests: share.rows, input: share.input, output: share.output)
        }
        if let rate = options.totalRequestsPerMinute {
            bounds.append((.seconds(Double(sent) * 60 / rate), "requests/min of the run"))
        }
        if let slots = options.concurrency ?? limits.concurrency, answers.milliseconds > 0 {
            bounds.append((.seconds(Double(sent) * answers.milliseconds / 1000 / Double(slots)), "concurrency"))
        }
        guard let longest = bounds.max(by: { $0.time < $1.time }) else { return }
        estimate.time = longest.time
        estimate.bound = longest.name
    }
}
