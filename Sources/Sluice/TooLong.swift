/// What becomes of a row whose prompt is longer than its model reads.
public enum TooLong: Sendable, Equatable {
    /// It fails without being sent.
    case fail
    /// The longest text that its user asks is cut.
    case truncate
    /// It goes to another model, with a larger context.
    case model(String)
}
