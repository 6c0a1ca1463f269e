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

    /// A request that is ready to be sent; a class for the reason given at ``Passage``.
    final class Order: Sendable {
        /// The model, by its name.
        let model: String
        /// The way the provider is asked.
        let endpoint: Request.Endpoint
        /// The body of the call.
        let body: Bytes
        /// The tokens of the prompt.
        let prompt: PromptTokens
        /// The largest answer asked for, in tokens.
        let maxTokens: Int?
        /// What it has in common with others that are answered at the same length.
        let template: UInt64
        /// The most that one attempt can cost; zero where there is no budget.
        let ceiling: Money
        /// Whether the model is the run's own, so that its absence concerns every row.
        let isRunsModel: Bool
        /// How many tokens shorter the prompt is than the row has it.
        let truncated: Int
        /// What it asks; nil where no other row's answer could be meant for it.
        let asked: Asked?

        init(
            model: String, endpoint: Request.Endpoint, body: Bytes, prompt: PromptTokens, maxTokens: Int?,
            template: UInt64, ceiling: Money, isRunsModel: Bool, truncated: Int, asked: Asked?
        ) {
            self.model = model
            self.endpoint = endpoint
            self.body = body
            self.prompt = prompt
            self.maxTokens = maxTokens
            self.template = template
            self.ceiling = ceiling
            self.isRunsModel = isRunsModel
            self.truncated = truncated
            self.asked = asked
        }

        /// The tokens that admission reserves for the prompt.
        var inputTokens: Int { prompt.estimate.tokens }

        /// The same order with another body.
        func with(body: Bytes) -> Order {
            Order(
                model: model, endpoint: endpoint, body: body, prompt: prompt, maxTokens: maxTokens, template: template,
                ceiling: ceiling, isRunsModel: isRunsModel, truncated: truncated, asked: asked)
        }
    }
}
