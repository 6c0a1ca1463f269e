/// What of a request a provider counts against tokens per minute.
public enum TokenCharge: String, Sendable, CaseIterable {
    /// What was used, when it was used; Anthropic's output tokens.
    case actual
    /// Prompt and `max_tokens` when the request comes in, corrected when it ends.
    case reserved
    /// Prompt and `max_tokens` when the request comes in, never corrected; OpenAI's documentation.
    case estimated
}
