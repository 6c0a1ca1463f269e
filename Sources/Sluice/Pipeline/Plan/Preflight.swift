internal import SluiceCore
internal import SluiceProviders

/// Holds a request against what is known of its model before it is sent: does the prompt fit, what can it cost.
struct Preflight: Sendable {
    let prices: PriceBook
    private let tooLong: TooLong?
    private let isBudgeted: Bool

    init(_ options: RunOptions, prices: PriceBook) {
        self.prices = prices
        tooLong = options.tooLong
        isBudgeted = options.limitsSpending
    }

    /// For a look at rows that are not sent, so that no budget is kept.
    init(looking options: RunOptions) {
        prices = PriceBook(options)
        tooLong = options.tooLong
        isBudgeted = false
    }

    /// Whether the length of a prompt decides what becomes of its row.
    var looksAtLength: Bool { tooLong != nil }

    /// Looks at a request of so many tokens; gives it another model where that is wanted.
    /// - Throws: ``Failure`` for a prompt that its model, or the one that is to step in, cannot read.
    func check(_ request: inout Request, tokens: Int) throws(Failure) {
        guard let tooLong, let excess = excess(request.model, tokens: tokens) else { return }
        guard case .model(let name) = tooLong else { throw excess }
        if let excess = self.excess(name, tokens: tokens) { throw excess }
        request.model = name
    }

    /// The tokens that a prompt is cut to; nil if it is not to be cut, or nobody knows what its model reads.
    ///
    /// The answer gets room for the longest one that is asked for, without that for 1,024 tokens. At most an eighth of the
    /// context: for many models it is that of prompts alone, and a prompt that fits must not be cut.
    func limit(_ request: Request) -> Int? {
        guard tooLong == .truncate, let context = prices.models(request.model).compactMap(\.context).max() else {
            return nil
        }
        let answer = request.endpoint == .embeddings ? 0 : request.maxTokens ?? 1024
        return context - min(answer, context / 8)
    }

    /// The failure of a prompt that is longer than its model reads; nil if it fits or nobody knows.
    func excess(_ model: String, tokens: Int) -> Failure? {
        guard let context = prices.models(model).compactMap(\.context).max(), tokens > context else { return nil }
        return Failure(
            .final, code: "context_length_exceeded",
            message: "the prompt has about \(tokens) tokens (estimated), more than the \(context) that \(model) reads")
    }

    /// The most that one attempt can cost; zero where spending is not limited.
    /// - Throws: ``Failure`` if there is one and that is not known.
    func ceiling(_ request: Request, body: Bytes) throws(Failure) -> Money {
        guard isBudgeted else { return .zero }
        guard
            let ceiling = prices.ceiling(
                body, model: request.model, endpoint: request.endpoint, maxTokens: request.maxTokens)
        else {
            throw Failure(
                .final, code: "no_price",
                message: "what \(request.model) can cost is not known, so the limit on spending cannot be kept")
        }
        return ceiling
    }
}
