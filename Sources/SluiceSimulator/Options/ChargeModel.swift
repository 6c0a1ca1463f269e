/// When a provider charges the tokens of answers, whose length it does not know when a request comes in.
///
/// Requests, and tokens of prompts against a limit of their own, are charged on receipt in every model.
public enum ChargeModel: Sendable, Equatable {
    /// The prompt and `max_tokens` (or the usual length, if a request does not say) on receipt; what was not used is
    /// given back at the end, unless `givesBack` is false.
    case reserve(givesBack: Bool)
    /// The prompt and the usual length on receipt; never corrected, however long the answer was.
    case estimate
    /// What was really used, at the end; a request is let in as long as one token is left.
    case actual
}
