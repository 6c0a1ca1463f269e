/// How many tokens a prompt has, and how that is known.
public struct TokenEstimate: Sendable, Equatable {
    /// Where a number comes from, from the surest to the least sure.
    public enum Method: String, Sendable, CaseIterable {
        /// Counted with the model's own vocabulary, and with a chat overhead that was checked against the provider.
        case exact
        /// Counted with the model's own vocabulary; the overhead of chats, tools or images is as documented.
        case documented
        /// By a rule, corrected with what the provider counted for earlier answers of this model.
        case calibrated
        /// By a rule on characters: the vocabulary is not public.
        case rule
    }

    /// The tokens of the prompt.
    public var tokens: Int
    /// Where the number comes from.
    public var method: Method

    /// An estimate of a prompt.
    public init(tokens: Int, method: Method) {
        self.tokens = tokens
        self.method = method
    }
}
