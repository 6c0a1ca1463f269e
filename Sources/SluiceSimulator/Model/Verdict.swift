public import SluiceCore

/// What the provider does with a request.
public struct Verdict: Sendable, Equatable {
    /// What was broken on purpose.
    public enum Fault: String, Sendable {
        /// 500 `server_error`.
        case serverError = "500"
        /// 503, overloaded.
        case unavailable = "503"
        /// 429 although no limit is reached.
        case tooManyRequests = "429"
        /// The connection is reset before the head of a reply.
        case reset = "reset"
    }

    /// The error to send, or nil for an answer or a reset.
    public var refusal: Refusal?
    /// What was broken on purpose, if anything.
    public var fault: Fault?
    /// How long to wait before replying.
    public var delay: TimeSpan = .zero
    /// Tokens of each answer.
    public var answerTokens = 0
    /// Whether `max_tokens` cut the answers short.
    public var isCutShort = false
    /// Tokens of all answers together.
    public var outputTokens = 0
    /// The state of the limits that are announced, after this request.
    public var rates = RateState()

    /// The place of the key's account, if the request was let through.
    var account: Int?
    /// Tokens that were taken on receipt, to be corrected at the end.
    var reservedTokens = 0
    /// Tokens that were really used.
    var usedTokens = 0

    /// The HTTP status, or nil for a reset.
    public var status: Int? {
        if let refusal { return refusal.status }
        return fault == .reset ? nil : 200
    }
}
