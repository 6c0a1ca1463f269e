/// Tokens of a prompt and of its answer.
package struct TokenUse: Sendable, Hashable {
    /// Tokens of the prompt.
    package var input: Int
    /// Tokens of the answer.
    package var output: Int

    /// So many tokens of each; negative ones count as none.
    package init(input: Int = 0, output: Int = 0) {
        self.input = max(0, input)
        self.output = max(0, output)
    }

    /// Both together.
    package var total: Int { input + output }

    /// Nothing.
    package static let zero = TokenUse()
}
