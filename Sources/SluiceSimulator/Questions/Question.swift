import SluiceCore

/// What the body of a request asks for.
struct Question: Sendable {
    /// The most answers to one prompt, as at OpenAI.
    static let mostChoices = 128
    /// The most prompts or texts in one request, as at OpenAI.
    static let mostPrompts = 2048
    /// The most answers in one request, so that a small one does not take all memory.
    static let mostAnswers = 2048
    /// The most numbers in the vectors of one request: as many texts as there may be, of OpenAI's largest vectors.
    static let mostNumbers = 2048 * 3072

    /// Where it was sent.
    let endpoint: Endpoint
    /// The model it names.
    var model = ""
    /// What is to be answered or embedded: the last words of the user, each prompt, or each text.
    var prompts: [JSON] = []
    /// The tokens of everything that the model reads.
    var promptTokens = 0
    /// The most tokens of each answer.
    var maxTokens: Int?
    /// Answers to each prompt.
    var choices = 1
    /// Numbers in a vector, if the request says so.
    var dimensions: Int?
    /// Whether the answer is to come as a stream.
    var streams = false
    /// Whether the stream is to say at its end what was used.
    var includesUsage = false
    /// Whether vectors are to be sent as base64.
    var wantsBase64 = false
    /// A hash of the body and of the model, which the path may name.
    var hash: UInt64 = 0
    /// The mark of the row, if the prompt has one.
    var item: ItemMark?

    /// What the model of the provider has to know.
    func request(key: String) -> ProviderRequest {
        ProviderRequest(
            key: key, model: model, promptTokens: promptTokens, maxTokens: maxTokens,
            choices: endpoint == .embeddings ? 0 : choices * prompts.count,
            content: hash)
    }
}
