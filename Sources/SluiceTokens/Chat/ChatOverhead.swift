/// What a chat costs beside its texts, in tokens.
///
/// From OpenAI's cookbook, "How to count tokens with tiktoken", which checks the numbers against the API. For models
/// that it does not name, 4 for each message.
struct ChatOverhead: Sendable, Equatable {
    var message = 3
    var name = 1
    /// Once for each request: the reply is begun.
    var reply = 3
    var function = 7
    var properties = 3
    var property = 3
    var enumeration = -3
    var item = 3
    /// Once if there are functions.
    var functionsEnd = 12
    /// Whether the provider's own counts were compared with these numbers.
    var isChecked = true

    /// The overhead for a model whose vocabulary is known under this name.
    init(model: String, encoding: String) {
        if model.hasSuffix("gpt-3.5-turbo-0301") {
            message = 4
            name = -1
        }
        if encoding == "cl100k_base" { function = 10 }
        let checked = ["gpt-3.5-turbo", "gpt-35-turbo", "gpt-4"]
        isChecked = checked.contains { model.contains($0) } && !model.contains("gpt-4.5")
    }

    /// The overhead for a model that is known only by a rule.
    init() {
        message = 4
        name = 0
        reply = 0
        isChecked = false
    }
}
