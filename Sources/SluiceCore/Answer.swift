/// What a provider answered, as far as a row keeps it.
public struct Answer: Sendable {
    /// The answer's text as JSON: a string, null, a list of strings for several samples, or a vector.
    public let text: Bytes
    /// The provider's whole message as JSON, if there is one.
    public let message: Bytes?
    /// The provider's whole reply as JSON.
    public let response: Bytes
    /// The model that answered, by its own account.
    public let model: String?
    /// Why it stopped: `stop`, `length`, `content_filter`, `tool_calls`.
    public let finish: String?
    /// What it was charged for, if the provider said.
    public let usage: Usage?
    /// The service it was given, by the provider's name: `flex`, `priority`.
    public let serviceTier: String?

    /// The parts of one answer.
    public init(
        text: Bytes, message: Bytes?, response: Bytes, model: String?, finish: String?, usage: Usage?,
        serviceTier: String? = nil
    ) {
        self.text = text
        self.message = message
        self.response = response
        self.model = model
        self.finish = finish
        self.usage = usage
        self.serviceTier = serviceTier
    }
}
