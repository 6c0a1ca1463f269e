/// An input row: its bytes as they came and where they stood.
public struct Record: Sendable {
    /// The line of the input, from 1; for people, never an identity.
    public let line: Int
    /// The bytes of the row without its line end.
    public let bytes: Bytes

    /// The id that it goes by instead of its own, which another row has had before it.
    package let newID: String?

    /// The model that it is asked of where every row is asked of several; else nil.
    package let asked: String?

    /// A row of the input.
    public init(line: Int, bytes: Bytes) {
        self.init(line: line, bytes: bytes, newID: nil)
    }

    package init(line: Int, bytes: Bytes, newID: String?, asked: String? = nil) {
        self.line = line
        self.bytes = bytes
        self.newID = newID
        self.asked = asked
    }

    /// The row as it is asked of a model.
    package func asked(of model: String?) -> Record { Record(line: line, bytes: bytes, newID: newID, asked: model) }
}
