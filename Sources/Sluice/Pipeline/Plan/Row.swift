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
    /// The members of a row that is an object.
    let members: JSON.Members?
    /// Whether an earlier run has answered it, in an output that is now an input.
    let isResult: Bool
    /// Why an earlier run could not ask it, and why nobody can; nil for a row.
    let defect: String?
    /// The row's id; nil if it has none.
    let id: RowIdentity?
    /// The model that it is asked of, where every row is asked of several.
    let asked: String?
    /// What decides whether the row is done.
    let hash: RowHash
}
