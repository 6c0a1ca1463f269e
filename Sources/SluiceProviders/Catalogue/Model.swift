/// What is known of a model: how much it reads and writes, and what it costs.
public struct Model: Sendable, Equatable {
    /// Its name in the catalogue: `gpt-5-mini`, `deepseek/deepseek-chat`.
    public var name: String
    /// Who serves it.
    public var provider: String
    /// What it is for: `chat`, `responses`, `completion`, `embedding`.
    public var mode: String
    /// The longest prompt, in tokens.
    public var context: Int?
    /// The longest answer, in tokens.
    public var maxOutput: Int?
    /// The day it is switched off, `2027-04-01`.
    public var retires: String?
    /// The fewest tokens that a prompt's beginning must have to be cached.
    public var cacheMinimum: Int?
    /// What it costs.
    public var price: Price?

    /// A model by its name.
    public init(_ name: String, provider: String = "", mode: String = "chat") {
        self.name = name
        self.provider = provider
        self.mode = mode
    }
}
