internal import SluiceCore
internal import SluiceTokens

/// What is to be done with a record.
enum Plan: Sendable {
    /// It was answered by an earlier run.
    case done
    /// It is not to be asked in this run.
    case leave
    /// Ask the provider.
    case send(Row, Order)
    /// It cannot be asked; `row` is nil where the line could not be read at all.
    case fail(Row?, line: Int, bytes: Bytes?, Failure)

    /// A request that is ready to be sent.
    struct Order: Sendable {
        /// The model, by its name.
        let model: String
        /// The way the provider is asked.
        let endpoint: Request.Endpoint
        /// The body of the call.
        var body: Bytes
        /// The tokens of the prompt.
        let prompt: PromptTokens
        /// The tokens that admission reserves for the prompt.
        var inputTokens: Int { prompt.estimate.tokens }
        /// The largest answer asked for, in tokens.
        let maxTokens: Int?
        /// What it has in common with others that are answered at the same length.
        let template: UInt64
        /// The most that one attempt can cost; zero where there is no budget.
        let ceiling: Money
        /// Whether the model is the run's own, so that its absence concerns every row.
        let isRunsModel: Bool
        /// How many tokens shorter the prompt is than the row has it.
        var truncated = 0
        /// What it asks; nil where no other row's answer could be meant for it.
        let asked: Asked?
    }
}
