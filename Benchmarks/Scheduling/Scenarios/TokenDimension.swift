import SluiceScheduling

/// A kind of tokens that a limit is about.
enum TokenDimension: CaseIterable, Sendable {
    case total, input, output

    /// How much of it there is.
    func amount(_ tokens: TokenUse) -> Double {
        switch self {
        case .total: Double(tokens.total)
        case .input: Double(tokens.input)
        case .output: Double(tokens.output)
        }
    }
}
