/// When a provider's day ends.
public enum LimitDay: String, Sendable, CaseIterable {
    /// At midnight UTC.
    case utc
    /// At midnight in California, with its daylight saving time; Gemini.
    case pacific
    /// Never: the last 24 hours count.
    case rolling
}
