/// Who gave an answer.
package struct CacheRoute: Sendable, Hashable {
    /// The way the provider was asked: `chat`, `completions`, `embeddings`.
    package let endpoint: String
    /// The base URL.
    package let base: String
    /// The model as the provider knows it.
    package let model: String

    /// A place that answers.
    package init(endpoint: String, base: String, model: String) {
        self.endpoint = endpoint
        self.base = base
        self.model = model
    }
}
