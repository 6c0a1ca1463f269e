public import SluiceCore
public import SluiceTokens

/// A row whose tokens were counted.
public struct CountedRow: Sendable {
    /// The name of the input.
    public let file: String
    /// The line in it, from 1.
    public let line: Int
    /// The row's id; nil if it has none.
    public let id: String?
    /// The tokens of its prompt.
    public let estimate: TokenEstimate
    /// The tokens that there is room for: what was asked for, else what its model reads; nil if nobody knows.
    public let context: Int?
    /// The row, cut to ``CountOptions/limit`` if that was asked for and is needed.
    public let row: Bytes
}
