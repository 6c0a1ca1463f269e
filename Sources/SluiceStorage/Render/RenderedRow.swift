import SluiceCore

/// A row of the input with what is known of it, on its way into an output.
struct RenderedRow {
    /// The number of its line.
    let number: Int
    /// The model that it was asked of, where every row is asked of several.
    let asked: String?
    /// The row as an object; nil for a line that cannot be a row.
    let row: JSON?
    /// The bytes of the input that it was made of.
    let source: Bytes
    /// The answer; nil if there is none.
    let answer: JSON?
    /// Whether it was taken out of the whole reply in the journal.
    let isPart: Bool
    /// The run's own facts about the answer.
    let facts: JSON?
    /// The line of the journal.
    let line: JSON?
    /// Why there is no answer, if that is known.
    let error: String?
    /// The name of the file that the row came from, if it is one of a folder.
    let fileName: String?
    /// The id that it goes by, because another row before it has its own.
    let newID: String?

    /// The id as text; nil if the row has none.
    var id: String? { newID ?? row.flatMap { RowIdentity.of($0)?.text } }

    /// The answer as text: a text itself, anything else as its JSON.
    var answerText: String? { answer.map { $0.string ?? $0.raw.text } }
}
