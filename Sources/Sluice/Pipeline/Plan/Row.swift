internal import SluiceCore
internal import SluiceStorage

/// A record with what identifies it.
struct Row: Sendable {
    /// The line of the input.
    let line: Int
    /// The bytes without outer blanks.
    let bytes: Bytes
    /// The bytes as JSON; nil for a line of plain text.
    let json: JSON?
    /// The row's id; nil if it has none.
    let id: RowIdentity?
    /// What decides whether the row is done.
    let hash: RowHash
}
