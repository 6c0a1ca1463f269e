public import SluiceCore
internal import SluiceProviders
internal import SluiceStorage
public import SluiceTokens

/// A look at what a run would do: the first request as it would go out, without its key; nothing is sent or written.
public struct DryRun: Sendable {
    /// The URL of the first request.
    public let url: String
    /// The body of the first request, as JSON.
    public let body: Bytes
    /// Rows of the input; nil for a stream, of which only the first row was looked at.
    public let rows: Int?
    /// Lines that cannot be a row.
    public let bad: Int
    /// The tokens of the first prompt.
    public let prompt: TokenEstimate

    /// Looks at the input.
    /// - Throws: ``SluiceError`` for whatever would stop the run, and for a first row that cannot be asked.
    public init(_ options: RunOptions) throws(SluiceError) {
        guard let path = options.input else {
            throw SluiceError(.usage, "a dry run needs a file", hint: "save the rows to a file first")
        }
        let options = try options.completed()
        let source = options.files.source(path)
        let question = try QuestionCheck(options)
        try question.look(at: source)
        let preflight = Preflight(looking: options)
        let stage = PlanStage(
            question, known: nil, tokens: PromptEstimator(isNeeded: true, nameOf: preflight.prices.name),
            // Where a prompt that is too long fails, it is still worth seeing.
            preflight: options.tooLong == .fail ? nil : preflight)
        var order: Plan.Order?
        var failure: (line: Int, Failure)?
        try FirstRecords.read(source, count: 1) { record in
            do throws(Failure) {
                order = try stage.order(stage.read(record.asked(of: options.asking.models.first)).get())
            } catch {
                failure = (record.line, error)
            }
        }
        if let failure { throw SluiceError(.configuration, failure.1.message, file: path, line: failure.line) }
        guard let order, let account = options.accounts.serving(order.model).first ?? options.accounts.first else {
            throw SluiceError(.configuration, "there are no rows", file: path)
        }
        let counts = try InputCounts.of(source, hasher: question.hasher, models: options.asking.models)
        url = account.base.description + OpenAIRequest.path(order.endpoint)
        body = OpenAIRequest.renaming(order.body, from: order.model, to: account.name(of: order.model))
        prompt = order.prompt.estimate
        rows = counts.rows
        bad = counts.bad
    }
}
