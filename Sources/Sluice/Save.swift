internal import SluiceCore
internal import SluiceProviders

/// What is kept of an answer in the answer field.
public enum Save: String, Sendable, CaseIterable {
    /// The text.
    case text
    /// The provider's message: role, text, tool calls, refusal.
    case message
    /// The provider's whole reply.
    case response

    /// What is kept of an answer, as JSON.
    func part(of answer: Answer) -> Bytes {
        switch self {
        case .text: answer.text
        case .message: answer.message ?? answer.text
        case .response: answer.response
        }
    }

    /// What the one with a name would have kept of a reply that was kept whole; nil for what is no reply.
    static func part(of reply: JSON, named name: String) -> JSON? {
        guard let save = Save(rawValue: name), save != .response, let answer = OpenAIAnswer.read(reply) else {
            return nil
        }
        return JSON(trusted: save.part(of: answer))
    }
}
