/// The shape of the bodies of errors.
public enum ErrorStyle: String, Sendable, CaseIterable {
    /// `{"error":{"message","type","param","code"}}`.
    case openAI = "openai"
    /// A list with one `{"error":{"code","message","status","details"}}`, as Gemini's OpenAI layer sends it; the details
    /// of a 429 name the quota and when to come back.
    case gemini
}
