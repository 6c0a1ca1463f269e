/// Something that people should know while a run goes on.
public struct RunEvent: Sendable {
    /// One line.
    public let message: String
    /// Whether it is worth saying even to those who want errors only.
    public let isError: Bool

    init(_ message: String, isError: Bool = false) {
        self.message = message
        self.isError = isError
    }
}
