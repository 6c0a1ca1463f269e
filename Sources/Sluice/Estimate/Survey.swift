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
    private let badLines: Int
    private var answers: AnswersSoFar
    private var found: [String: ModelShare] = [:]

    private var done = 0
    private var toDo = 0
    private var left = 0
    private var unaskable = 0
    private var firstBad: String?
    private var tooLong = 0
    private var tooLongRows: [Estimate.TooLongRow] = []
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
        let counts = try InputCounts.of(source, hasher: question.hasher)
        let answers = try AnswersSoFar(options.output, form: options.files.form(options.output))
        self.options = options
        self.source = source
        self.answers = answers
        time = now
        preflight = Preflight(options, prices: PriceBook(options))
        stage = PlanStage(question, store: nil, needsTokens: true)
        badLines = counts.bad
        firstBad = counts.firstBad.map { "line \($0.line): \($0.message)" }
    }

    mutating func read() throws(SluiceError) {
        try FirstRecords.read(source, count: .max) { record in
            guard case .success(let row) = stage.read(record) else { return }
            if !options.redoAll, answers.finished.take(row.hash) {
                done += 1
                return
            }
            do throws(Failure) { add(row, try stage.order(row)) } catch {
                unaskable += 1
                firstBad = firstBad ?? "line \(row.line): \(error.message)"
            }
        }
    }

    private mutating func add(_ row: Row, _ order: Plan.Order) {
        if let limit = options.rowLimit, toDo >= limit {
            left += 1
            return
        }
        toDo += 1
        var name = order.model
        if preflight.excess(name, tokens: order.inputTokens) != nil {
            if case .model(let other) = options.tooLong, preflight.excess(other, tokens: order.inputTokens) == nil {
                name = other
            } else {
                note(row, order)
            }
        }
        let model = found[name]?.model ?? preflight.prices.models(name).first
        let length = length(order, model)
        input += order.inputTokens
        methods.insert(order.prompt.estimate.method)
        output.low += length.low
        output.expected += length.expected
        output.high += length.high
        found[name, default: ModelShare(model)].add(
            input: order.inputTokens, output: length, body: order.body, at: time)
    }

    private mutating func note(_ row: Row, _ order: Plan.Order) {
        tooLong += 1
        guard tooLongRows.count < Self.shown else { return }
        let context = preflight.prices.models(order.model).compactMap(\.context).max() ?? 0
        tooLongRows.append(Estimate.TooLongRow(line: row.line, tokens: order.inputTokens, context: context))
    }

    /// The length of an answer: by those so far, else between nothing and its cap.
    private func length(_ order: Plan.Order, _ model: Model?) -> Estimate.Span<Int> {
        guard order.endpoint != .embeddings else { return Estimate.Span(low: 0, expected: 0, high: 0) }
        let cap = order.maxTokens ?? model?.maxOutput
        guard answers.samples >= AnswersSoFar.enough else {
            let expected = OutputLengths.unknown(cap: cap)
            return Estimate.Span(low: 0, expected: expected, high: max(expected, cap ?? model?.context ?? expected))
        }
        // Two standard errors of the mean: what the answers to come have on average.
        let error = 2 * answers.deviation / Double(answers.samples).squareRoot()
        func bounded(_ tokens: Double) -> Int { min(cap ?? .max, Int(max(0, tokens).rounded(.up))) }
        return Estimate.Span(
            low: bounded(answers.mean - error), expected: bounded(answers.mean), high: bounded(answers.mean + error))
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
        estimate.inputTokens = input
        // The least sure of them speaks for all.
        estimate.method = (TokenEstimate.Method.allCases.last { methods.contains($0) } ?? .exact).rawValue
        estimate.outputTokens = output
        estimate.answersKnown = answers.samples >= AnswersSoFar.enough ? answers.samples : 0
        estimate.spent = answers.cost
        estimate.unpriced = found.filter { $0.value.model?.price == nil }.map(\.key).sorted()
        let priced = found.values.filter { $0.model?.price != nil }
        if !priced.isEmpty {
            estimate.cost = Estimate.Span(
                low: priced.reduce(.zero) { $0 + $1.low }, expected: priced.reduce(.zero) { $0 + $1.expected },
                high: priced.reduce(.zero) { $0 + $1.high })
            estimate.batchCost = priced.reduce(.zero) { $0 + $1.batch }
            let saving = priced.reduce(Money.zero) { $0 + $1.saving(at: time) }
            if saving > .zero { estimate.cachedCost = priced.reduce(.zero) { $0 + $1.expected } - saving }
        }
        estimate.prefixTokens = found.values.map(\.prefixTokens).max() ?? 0
        fillTime(&estimate)
    }

    /// The limit that takes longest.
    private func fillTime(_ estimate: inout Estimate) {
        guard toDo > 0 else { return estimate.time = .zero }
        let limits = options.accounts.map(\.limits)
        func sum(_ values: [Double?]) -> Double? {
            values.isEmpty || values.contains { $0 == nil } ? nil : values.reduce(0) { $0 + ($1 ?? 0) }
        }
        var bounds: [(minutes: Double, name: String)] = []
        if let rate = sum(limits.map(\.requestsPerMinute)) {
            bounds.append((Double(toDo) / rate, "requests/min"))
        }
        if let rate = options.totalRequestsPerMinute { bounds.append((Double(toDo) / rate, "requests/min of the run")) }
        if let rate = sum(limits.map(\.tokensPerMinute)) {
            bounds.append((Double(input + output.expected) / rate, "tokens/min"))
        }
        let slots = options.concurrency.map(Double.init) ?? sum(limits.map { $0.concurrency.map(Double.init) })
        if let slots, answers.milliseconds > 0 {
            bounds.append((Double(toDo) * answers.milliseconds / 60_000 / slots, "concurrency"))
        }
        guard let longest = bounds.max(by: { $0.minutes < $1.minutes }) else { return }
        estimate.time = .seconds(longest.minutes * 60)
        estimate.bound = longest.name
    }
}
