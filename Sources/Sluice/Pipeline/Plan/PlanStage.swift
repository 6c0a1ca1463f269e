internal import SluiceCore
internal import SluiceProviders
internal import SluiceStorage
internal import SluiceTokens

/// Turns a record into a plan: done before, a request to send, or a row that cannot be asked.
struct PlanStage: Sendable {
    private let asking: Asking
    private let shape: RowShape
    private let writer: RequestWriter
    private let fallbacks: Fallbacks
    /// The columns of the template, if there is one.
    private let columns: [String]?
    private let hasher: RowHasher
    private let known: KnownRows?
    private let tokens: PromptEstimator
    private let preflight: Preflight?
    private let likeness: Likeness?
    private let onFallback: @Sendable (_ from: String, _ to: String, _ reason: String) -> Void
    private let onLeftOut: @Sendable (_ name: String, _ line: Int) -> Void
    /// Whether the prompt reads the field of the answers.
    private let asksAnswers: Bool

    /// - Parameters:
    ///   - known: What earlier runs answered; nil for a look at rows that are not sent.
    ///   - tokens: Estimates prompts, if the tokens of prompts decide anything.
    ///   - preflight: Knows the models; nil for a look at rows whatever their length.
    ///   - likeness: Knows rows that ask the same; nil for a look at rows one by one.
    ///   - onFallback: Told of each row that goes from one model to another before it is sent, and why.
    ///   - onLeftOut: Told of a member of a row that looks like a parameter and is not sent.
    init(
        _ question: QuestionCheck, known: KnownRows?, tokens: PromptEstimator? = nil, preflight: Preflight? = nil,
        likeness: Likeness? = nil,
        onFallback: @escaping @Sendable (_ from: String, _ to: String, _ reason: String) -> Void = { _, _, _ in },
        onLeftOut: @escaping @Sendable (_ name: String, _ line: Int) -> Void = { _, _ in }
    ) {
        self.preflight = preflight
        self.onFallback = onFallback
        self.onLeftOut = onLeftOut
        asksAnswers = question.asksAnswers
        self.likeness = likeness
        let asking = question.asking
        self.asking = asking
        shape = RowShape(asking, template: question.template, image: question.image)
        writer = RequestWriter(asking)
        fallbacks = Fallbacks(asking)
        columns = question.template?.columns
        hasher = question.hasher
        self.known = known
        self.tokens = tokens ?? PromptEstimator(isNeeded: false)
    }

    /// Whether rows may be planned some time before their turn comes.
    ///
    /// Not where the length of prompts decides: how long they are is learned from answer to answer.
    var goesAhead: Bool { preflight?.looksAtLength != true }

    /// Plans one item of the input.
    /// - Throws: ``SluiceError`` if the row holds the answer field of something else.
    func plan(_ item: FeedItem) throws(SluiceError) -> Plan {
        let record: Record
        switch item {
        case .record(let read): record = read
        case .bad(let bad):
            let failure = Failure(.final, code: "bad_row", message: bad.message)
            return .fail(nil, line: bad.line, bytes: bad.bytes, failure)
        }
        let row: Row
        switch read(record) {
        case .success(let read): row = read
        case .failure(let failure): return .fail(nil, line: record.line, bytes: record.bytes, failure)
        }
        if let known, known.isDone(row.hash) {
            count(row)
            return .done
        }
        if let known, !known.isWanted(record.bytes, asked: row.asked) {
            count(row)
            return .leave
        }
        if let known, let id = row.id, !known.isNew(id, asked: row.asked) {
            let failure = Failure(.final, code: "duplicate_id", message: "the id \(id.text) came before")
            return .fail(row, line: row.line, bytes: row.bytes, failure)
        }
        try checkAnswerField(row)
        do throws(Failure) {
            return .send(row, try order(row))
        } catch {
            return .fail(row, line: row.line, bytes: row.bytes, error)
        }
    }

    /// A row that has the answer field already, but not from us, is not overwritten.
    func checkAnswerField(_ row: Row) throws(SluiceError) {
        guard let members = row.members else { return }
        let field = asking.answerField
        if !asking.models.isEmpty, members.contains(where: { $0.isNamed("asked") }) {
            throw SluiceError(
                .configuration, "the row has a field 'asked', which is where the model goes with --models",
                hint: "give that field another name", file: asking.inputName, line: row.line)
        }
        let ours = members.last { $0.isNamed("sluice") }?.value
        if let ours, ours.kind != .object {
            throw SluiceError(
                .configuration, "the row has a field 'sluice', which is where the run's own facts go",
                hint: "give that field another name", file: asking.inputName, line: row.line)
        }
        guard ours == nil || asksAnswers, members.contains(where: { $0.hasName(field) }) else { return }
        throw SluiceError(
            .configuration, "the row has a field '\(field)' already",
            hint: "choose another name for the answer with --into", file: asking.inputName, line: row.line)
    }

    /// A row as it would be asked.
    /// - Parameter step: The model that steps in; nil asks the row's own, or the first that can read the prompt.
    /// - Throws: ``Failure`` if it cannot be asked.
    func order(_ row: Row, by step: Fallback? = nil) throws(Failure) -> Plan.Order {
        if let defect = row.defect { throw Failure(.final, code: "bad_row", message: defect) }
        let question = try shape.question(row.json, row.members, line: row.bytes)
        var request = try writer.request(question, row: row.json, asked: row.asked)
        if let leftOut = question.leftOut, !writer.sets(leftOut) { onLeftOut(leftOut.text, row.line) }
        let fallback: Fallback?
        if let step {
            request.model = step.model
            fallback = step.next?.other(than: step.model)
        } else {
            (request.model, fallback) = fallbacks.start(request.model)
        }
        var prompt = tokens.estimate(request)
        var truncated = 0
        if let limit = preflight?.limit(request), prompt.estimate.tokens > limit {
            let whole = prompt.estimate.tokens
            (request, prompt) = try shortened(row, request, prompt.estimate, to: limit)
            truncated = whole - prompt.estimate.tokens
        } else {
            do throws(Failure) {
                try preflight?.check(&request, tokens: prompt.estimate.tokens)
            } catch {
                guard let fallback else { throw error }
                let order = try order(row, by: fallback)
                onFallback(request.model, order.model, error.message)
                return order
            }
        }
        let body = OpenAIRequest.body(request)
        return Plan.Order(
            model: request.model, endpoint: request.endpoint, body: body, prompt: prompt,
            maxTokens: request.maxTokens, template: Self.template(request.model, question.system),
            ceiling: try preflight?.ceiling(request, body: body) ?? .zero,
            isRunsModel: step == nil && request.model == asking.model, stepsIn: step != nil, truncated: truncated,
            asked: likeness?.asked(request), fallback: fallback)
    }

    /// Counts the samples of a row that is not asked, so that those after it get the same ones as in every run.
    private func count(_ row: Row) {
        guard let likeness, likeness.countsAll else { return }
        guard let question = try? shape.question(row.json, row.members, line: row.bytes),
            var request = try? writer.request(question, row: row.json, asked: row.asked)
        else { return }
        request.model = fallbacks.start(request.model).model
        _ = likeness.asked(request)
    }

    /// The request of a row that is too long, with less of its text; the row itself, and so its hash, stays as it is.
    private func shortened(
        _ row: Row, _ request: Request, _ estimate: TokenEstimate, to limit: Int
    ) throws(Failure) -> (Request, PromptTokens) {
        var shorter = (request, PromptTokens(estimate: estimate, uncorrected: nil))
        var estimator = tokens.estimator(request.model)
        _ = try RowCut(row, asking, columns: columns).cut(to: limit, estimate, &estimator) { bytes throws(Failure) in
            // What is put into JSON here is JSON again.
            let json = row.json == nil ? nil : try? JSON.parse(bytes)
            var shortened = try writer.request(shape.question(json, nil, line: bytes), row: json, asked: row.asked)
            shortened.model = request.model
            shorter = (shortened, tokens.estimate(shortened))
            return shorter.1.estimate
        }
        return shorter
    }

    /// A number for the model and the beginning of the system message (FNV-1a).
    private static func template(_ model: String, _ system: Bytes?) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in model.utf8 { mix(byte) }
        if let system {
            mix(0)
            system.withUnsafeBytes { for byte in $0.prefix(256) { mix(byte) } }
            hash ^= UInt64(system.count)
        }
        return hash
    }

    /// The tokens of an order's prompt, by what is known now.
    func inputTokens(of order: Plan.Order) -> Int { tokens.tokens(order.prompt, of: order.model) }

    /// Takes in what the provider counted for the prompt of an order.
    func learn(_ order: Plan.Order, _ usage: Usage?) {
        if let usage { tokens.learn(order.prompt, of: order.model, counted: usage.input) }
    }

    /// A record with its identity.
    func read(_ record: Record) -> Result<Row, Failure> {
        do throws(JSONError) {
            let content = try json(record.bytes).map { RowContent.content(of: $0) }
            let id = record.newID.map { RowIdentity(text: $0) }
            // The hash is the line's as it stands, also of a failed row's line: so the scan of the input saw it.
            return .success(
                Row(
                    line: record.line, bytes: content?.row.raw ?? record.bytes, json: content?.row,
                    members: content?.members, isResult: content?.isResult ?? false, defect: content?.defect,
                    id: id ?? content?.members.flatMap(RowIdentity.of), asked: record.asked,
                    hash: hasher.hash(record.bytes).asked(of: record.asked)))
        } catch {
            // What is wrong in words that the scan of the input uses, too.
            let defect = RowSyntax.defect(in: record.bytes, plainText: true)
            return .failure(Failure(.final, code: "bad_row", message: defect ?? "not valid JSON: \(error)"))
        }
    }

    /// The row as JSON, or nil for a line of plain text.
    private func json(_ bytes: Bytes) throws(JSONError) -> JSON? {
        let start = bytes.withUnsafeBytes { JSONScanner($0).blanks(0) }
        if start < bytes.count, RowSyntax.isJSON(bytes[start]) { return try JSON.parse(bytes) }
        if let defect = RowSyntax.defect(in: bytes, plainText: true) { throw JSONError(defect, at: 0) }
        return nil
    }
}
