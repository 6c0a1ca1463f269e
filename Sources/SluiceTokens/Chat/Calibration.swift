/// How far off a model's estimates are: a running ratio of what the provider counted to what was estimated, or, where
/// the traits of prompts are known, what each trait adds.
///
/// In the ratio large prompts weigh more, and older ones less: each new prompt makes the former ones count 2 % less.
public struct Calibration: Sendable, Equatable {
    private static let memory = 0.98

    private var counted = 0.0
    private var estimated = 0.0
    private var regression: TraitRegression?

    /// No prompt seen yet.
    public init() {}

    /// What an estimate is to be multiplied with, 0.1 to 10; nil before the first prompt.
    public var ratio: Double? {
        estimated > 0 ? min(max(counted / estimated, 0.1), 10) : nil
    }

    /// Takes in the estimate of a prompt, uncorrected, and the provider's count of it.
    public mutating func observe(estimated tokens: Int, counted actual: Int, traits: PromptTraits? = nil) {
        guard tokens > 0, actual > 0 else { return }
        counted = counted * Self.memory + Double(actual)
        estimated = estimated * Self.memory + Double(tokens)
        guard let traits else { return }
        var regression = regression ?? TraitRegression()
        regression.observe(traits, counted: actual)
        self.regression = regression
    }

    /// Corrects an estimate; an exact one stays as it is.
    public func corrected(_ estimate: TokenEstimate, traits: PromptTraits? = nil) -> TokenEstimate {
        guard estimate.method != .exact, let ratio else { return estimate }
        let tokens =
            if let regression, let traits { regression.tokens(traits) } else { Double(estimate.tokens) * ratio }
        return TokenEstimate(tokens: Int(tokens.rounded(.up)), method: .calibrated)
    }
}
