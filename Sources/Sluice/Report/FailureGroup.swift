/// Failed rows with one cause.
public struct FailureGroup: Sendable, Equatable {
    /// The HTTP status and the code, or the kind of trouble.
    public let cause: String
    /// How many rows.
    public var count: Int
    /// Whether trying again cannot help.
    public let isFinal: Bool
    /// One of the messages.
    public let example: String
}
