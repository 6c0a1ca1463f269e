/// Which tokens a limit counts.
enum TokenKind: Sendable {
    case total
    case input
    case output

    func amount(_ count: TokenUse) -> Double {
        switch self {
        case .total: Double(count.total)
        case .input: Double(count.input)
        case .output: Double(count.output)
        }
    }
}
