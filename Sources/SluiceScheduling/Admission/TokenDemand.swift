package import SluiceCore

/// What a request is expected to cost.
package struct TokenDemand: Sendable, Hashable {
    /// The prompt, and the answer that is expected.
    package var expected: TokenUse
    /// The largest answer it asks for, `max_tokens`; nil if it does not say.
    package var maxOutput: Int?
    /// The most that it can cost; zero where nothing limits that.
    package var ceiling = Money.zero

    /// A prompt of so many tokens, an answer of so many probably and of so many at most, and the most of their price.
    package init(input: Int = 0, output: Int = 0, maxOutput: Int? = nil, ceiling: Money = .zero) {
        expected = TokenUse(input: input, output: output)
        self.maxOutput = maxOutput
        self.ceiling = ceiling
    }

    /// What a provider that charges in this way is supposed to count at first.
    package func charged(_ charge: TokenCharge) -> TokenUse {
        switch charge {
        case .actual: expected
        case .reserved, .estimated: TokenUse(input: expected.input, output: maxOutput ?? expected.output)
        }
    }
}
