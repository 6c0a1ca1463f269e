/// An input row: its bytes as they came and where they stood.
public struct Record: Sendable {
    /// The line of the input, from 1; for people, never an identity.
    public let line: Int
    /// The bytes of the row without its line end.
    public let bytes: Bytes

    /// A row of the input.
    public init(line: Int, bytes: Bytes) {
        self.line = line
        self.bytes = bytes
    }
}
