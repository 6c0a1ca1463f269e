public import SluiceCore

/// An answer in a cache.
public struct StoredAnswer: Sendable {
    /// The request that it answers, as 64 hexadecimal digits.
    public let hash: String
    /// Which of the answers to that request it is, from 0.
    public let sample: Int
    /// The way the provider was asked: `chat`, `completions`, `embeddings`.
    public let endpoint: String
    /// The base URL of the provider.
    public let base: String
    /// The model as the provider knows it.
    public let model: String
    /// When it was stored.
    public let created: WallTime
    /// The provider's reply as JSON.
    public let reply: Bytes
    /// The text of the answer as JSON; null if the reply has none.
    public let text: Bytes
}
