import SluiceCore

/// What a request is charged against the limits that count tokens.
struct Charge: Sendable, Equatable {
    /// Tokens of the prompt.
    var input: Int
    /// Tokens of the answers.
    var output: Int
    /// Against limits of both together.
    var total: Int
    /// Whether answers are generated at all.
    var generates: Bool

    /// What is taken from a limit, in its unit.
    func amount(_ dimension: RateDimension) -> Int {
        switch dimension {
        case .concurrency, .requestsPerSecond, .requestsPerMinute, .requestsPerDay: 1
        case .inputTokensPerMinute: input
        case .outputTokensPerMinute: output
        case .tokensPerMinute, .tokensPerDay: total
        }
    }

    /// What has to fit for the request to be let in: what is taken, or a single token of what is charged later.
    func needed(_ dimension: RateDimension) -> Int {
        let amount = amount(dimension)
        return amount == 0 && (generates || dimension != .outputTokensPerMinute) ? 1 : amount
    }

    /// What a message says was asked for.
    func requested(_ dimension: RateDimension) -> Int {
        let amount = amount(dimension)
        return amount == 0 ? max(1, dimension == .outputTokensPerMinute ? 1 : input) : amount
    }
}

extension ChargeModel {
    /// What is charged on receipt if answers are usually so long.
    func onReceipt(_ request: ProviderRequest, usual: Int) -> Charge {
        let each =
            switch self {
            case .reserve: request.maxTokens ?? usual
            case .estimate: min(usual, request.maxTokens ?? .max)
            case .actual: 0
            }
        let output = request.choices * each
        return Charge(
            input: request.promptTokens, output: output, total: self == .actual ? 0 : request.promptTokens + output,
            generates: request.choices > 0)
    }

    /// Whether the charge is corrected at the end to what was used.
    var settles: Bool {
        switch self {
        case .reserve(let givesBack): givesBack
        case .estimate: false
        case .actual: true
        }
    }
}
