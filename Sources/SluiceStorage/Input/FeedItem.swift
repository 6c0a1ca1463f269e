package import SluiceCore

/// What the reader finds in an input.
package enum FeedItem: FeedProduct {
    /// A row; its syntax has not been looked at.
    case record(Record)
    /// A line that cannot be a row: too long, or not of its table's width.
    case bad(BadLine)

    package var weight: Int {
        switch self {
        case .record(let record): record.bytes.count + 64
        case .bad(let bad): (bad.bytes?.count ?? 0) + 128
        }
    }
}
