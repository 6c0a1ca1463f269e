/// What is kept of an answer in the answer field.
public enum Save: String, Sendable, CaseIterable {
    /// The text.
    case text
    /// The provider's message: role, text, tool calls, refusal.
    case message
    /// The provider's whole reply.
    case response
}
