/// The canonical, provider-neutral question: what a row asks, in JSON text that is passed on byte for byte.
public struct Request: Sendable, Equatable {
    /// The way the provider is asked.
    public enum Endpoint: String, Sendable, CaseIterable {
        /// A dialogue: `/chat/completions`.
        case chat
        /// A text to go on with: `/completions`.
        case completions
        /// Vectors for texts: `/embeddings`.
        case embeddings

        /// The name of the member that carries the question.
        public var field: String {
            switch self {
            case .chat: "messages"
            case .completions: "prompt"
            case .embeddings: "input"
            }
        }
    }

    /// The way the provider is asked.
    public var endpoint: Endpoint
    /// The model's name.
    public var model: String
    /// The question as JSON: an array of messages, or the text or texts of the other endpoints.
    public var question: Bytes
    /// Further members as JSON text, `"temperature":0,"max_tokens":64`; may be empty.
    public var parameters: Bytes
    /// The largest answer that was asked for, in tokens.
    public var maxTokens: Int?
    /// The number of messages or texts in the question.
    public var turns: Int

    /// A question to a model.
    public init(
        endpoint: Endpoint = .chat, model: String, question: Bytes, parameters: Bytes = Bytes([]),
        maxTokens: Int? = nil, turns: Int = 1
    ) {
        self.endpoint = endpoint
        self.model = model
        self.question = question
        self.parameters = parameters
        self.maxTokens = maxTokens
        self.turns = turns
    }

    /// The tokens of the question, estimated as bytes / 4 + 4 for each message.
    public var estimatedTokens: Int { question.count / 4 + 4 * turns }
}
