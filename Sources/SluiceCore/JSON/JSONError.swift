/// Why bytes are not JSON: what was expected, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, in lower case.
    public let message: String
    /// The offset of the offending byte, from 0.
    public let offset: Int

    package init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// `expected a value at byte 12`.
    public var description: String { "\(message) at byte \(offset)" }
}
