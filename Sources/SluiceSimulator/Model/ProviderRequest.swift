public import SluiceCore

/// What the model needs to know of a request.
public struct ProviderRequest: Sendable, Equatable {
    /// The key it came with, or an empty text.
    public var key: String
    /// The model it names.
    public var model: String
    /// The tokens of its prompt.
    public var promptTokens: Int
    /// The most tokens that each answer may have, or nil if it does not say.
    public var maxTokens: Int?
    /// The answers it asks for; 0 for a request that generates nothing, such as an embedding.
    public var choices: Int
    /// Its body as it was sent, in which faults look for their marks.
    public var body = Bytes([])
    /// A hash of what it asks, or nil if it has none.
    ///
    /// What befalls a request by chance then follows from the seed, this and a count, in whatever order requests come
    /// in: for faults, how often the same content has come before and was not refused for its key or a limit; for the time and
    /// length of an answer, how often it was let in and not answered. Without it, the faults follow from the body, and time
    /// and length from the place among the requests.
    public var content: UInt64?

    /// A request for one answer, unless said otherwise.
    public init(
        key: String = "", model: String = "", promptTokens: Int, maxTokens: Int? = nil, choices: Int = 1,
        content: UInt64? = nil
    ) {
        self.key = key
        self.model = model
        self.promptTokens = promptTokens
        self.maxTokens = maxTokens
        self.choices = choices
        self.content = content
    }
}
