internal import SluiceCore

/// An answer that a row gets without a request of its own; a class for the reason given at ``Passage``.
final class SharedAnswer: Sendable {
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
    /// Whether that model stepped in for the row's own.
    let stepsIn: Bool

    init(answer: Answer, source: Source, model: String, stepsIn: Bool) {
        self.answer = answer
        self.source = source
        self.model = model
        self.stepsIn = stepsIn
    }
}
