internal import SluiceCore

/// An answer that a row gets without a request of its own.
struct SharedAnswer: Sendable {
    /// Where it comes from.
    enum Source: Sendable {
        /// It was stored.
        case cache
        /// A row that asks the same was answered.
        case row
    }

    let answer: Answer
    let source: Source
    /// The model that was asked.
    let model: String
}
