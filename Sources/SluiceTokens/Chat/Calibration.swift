/// How far off a model's estimates are: a running ratio of what the provider counted to what was estimated.
///
/// Large prompts weigh more, and older ones less: each new prompt makes the former ones count 2 % less.
public struct Calibration: Sendable, Equatable {
    private static let memory = 0.98

    private var counted = 0.0
    private var estimated = 0.0

    /// No prompt seen yet.
    public init() {}

    /// What an estimate is to be multiplied with, 0.1 to 10; nil before the first prompt.
    public var ratio: Double? {
        estimated > 0 ? min(max(counted / estimated, 0.1), 10) : nil
    }

    /// Takes in the estimate of a prompt, uncorrected, and the provider's count of it.
    public mutating func observe(estimated tokens: Int, counted actual: Int) {
        guard tokens > 0, actual > 0 else { return }
        counted = counted * Self.memory + Double(actual)
        estimated = estimated * Self.memory + Double(tokens)
    }

    /// Corrects an estimate; an exact one stays as it is.
    public func corrected(_ estimate: TokenEstimate) -> TokenEstimate {
        guard estimate.method != .exact, let ratio else { return estimate }
        return TokenEstimate(tokens: Int((Double(estimate.tokens) * ratio).rounded(.up)), method: .calibrated)
    }
}
