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
        /// Whether the model steps in for the row's own.
        let stepsIn: Bool
        /// Whether what its model lacks concerns every row of the run: it is the run's own, or steps in for that because
        /// no row can ask it.
        let concernsRun: Bool
        /// How many tokens shorter the prompt is than the row has it.
        let truncated: Int
        /// What it asks; nil where no other row's answer could be meant for it.
        let asked: Asked?
        /// The model that steps in if this one cannot answer; nil if there is none.
        let fallback: Fallback?

        init(
            model: String, endpoint: Request.Endpoint, body: Bytes, prompt: PromptTokens, maxTokens: Int?,
            template: UInt64, ceiling: Money, isRunsModel: Bool, stepsIn: Bool = false, concernsRun: Bool? = nil,
            truncated: Int, asked: Asked?, fallback: Fallback?
        ) {
            self.model = model
            self.endpoint = endpoint
            self.body = body
            self.prompt = prompt
            self.maxTokens = maxTokens
            self.template = template
            self.ceiling = ceiling
            self.isRunsModel = isRunsModel
            self.stepsIn = stepsIn
            self.concernsRun = concernsRun ?? isRunsModel
            self.truncated = truncated
            self.asked = asked
            self.fallback = fallback
        }

        /// The tokens of the prompt, as they were estimated when it was planned.
        var inputTokens: Int { prompt.estimate.tokens }

        /// The same order with another body.
        func with(body: Bytes) -> Order { with(body: body, asked: asked, fallback: fallback) }

        /// The same order for which no model steps in.
        func alone() -> Order { with(body: body, asked: asked, fallback: nil) }

        /// The same order of a row that others follow under what its former order asked.
        func following(_ former: Order, concernsRun: Bool) -> Order {
            with(
                body: body, asked: former.asked.map { asked?.following($0) ?? $0.withoutPlaces }, fallback: fallback,
                concernsRun: concernsRun)
        }

        private func with(body: Bytes, asked: Asked?, fallback: Fallback?, concernsRun: Bool? = nil) -> Order {
            Order(
                model: model, endpoint: endpoint, body: body, prompt: prompt, maxTokens: maxTokens, template: template,
                ceiling: ceiling, isRunsModel: isRunsModel, stepsIn: stepsIn,
                concernsRun: concernsRun ?? self.concernsRun, truncated: truncated, asked: asked, fallback: fallback)
        }
    }
}
