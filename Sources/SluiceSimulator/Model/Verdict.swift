public import SluiceCore

/// What the provider does with a request.
public struct Verdict: Sendable, Equatable {
    /// The error to send, or nil for an answer, or for what is worse than an error.
    public var refusal: Refusal?
    /// What was broken on purpose, if anything.
    public var fault: Fault?
    /// How long to wait before replying, after the engine if there is one.
    public var delay: TimeSpan = .zero
    /// The part of that in which tokens come, one after the other, if the answer is streamed.
    public var generation: TimeSpan = .zero
    /// What the engine calls it, if it decides when the answer is there: see ``ProviderModel/advance(to:)``.
    public var sequence: Int?
    /// Tokens of each answer.
    public var answerTokens = 0
    /// Whether `max_tokens` cut the answers short.
    public var isCutShort = false
    /// Tokens of all answers together.
    public var outputTokens = 0
    /// The state of the limits that are announced, after this request.
    public var rates = RateState()

    /// What it holds of the limits, if it was let through.
    var hold: Hold?

    /// The HTTP status, or nil if no head is sent.
    public var status: Int? {
        if fault?.kind.isSilent == true { return nil }
        if let refusal { return refusal.status }
        switch fault?.kind {
        case .page(let status), .body(_, let status, _): return status
        default: return 200
        }
    }
}
