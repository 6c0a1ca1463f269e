package import SluiceCore

/// How many answers a request asks for, and whether the same one is expected each time.
package struct Sampling: Sendable {
    /// Answers that are asked for at once: the parameter `n`.
    package let samples: Int
    /// Whether the same answer is expected each time: temperature 0, or an embedding.
    package let isDeterministic: Bool
    /// Whether each of the answers could have been asked for alone.
    let isSplittable: Bool

    /// More choices than this are not told apart.
    private static let mostSamples = 128

    /// With one of these the n answers belong together, so that one more cannot be asked for alone.
    private static let joining: [StaticString] = ["best_of", "seed", "use_beam_search"]

    /// Reads a request, whose parameters must be JSON.
    package init(_ request: Request) { self.init(request, Self.object(request.parameters)) }

    init(_ request: Request, _ parameters: JSON) {
        var samples = 1
        var temperature: Double?
        var isJoined = false
        parameters.forEachMember { member in
            if member.isNamed("n") { samples = member.value.int ?? 0 }
            if member.isNamed("temperature") { temperature = member.value.double }
            isJoined = isJoined || Self.joining.contains { member.isNamed($0) } && member.value.isOn
        }
        isSplittable = (1...Self.mostSamples).contains(samples) && !isJoined && Self.hasChoices(request)
        self.samples = isSplittable ? samples : 1
        isDeterministic = temperature == 0 || request.endpoint == .embeddings
    }

    /// The parameters of a request as an object.
    static func object(_ parameters: Bytes) -> JSON {
        JSON(trusted: Bytes([UInt8(ascii: "{")] + parameters.array + [UInt8(ascii: "}")]))
    }

    /// Whether n is the number of choices in the reply: a list of texts has n for each of them, an embedding none.
    private static func hasChoices(_ request: Request) -> Bool {
        switch request.endpoint {
        case .chat: true
        case .completions: request.question.count > 0 && request.question[0] == UInt8(ascii: "\"")
        case .embeddings: false
        }
    }
}

extension JSON {
    /// Whether a parameter does anything: null, false and one choice of one are as good as absent.
    fileprivate var isOn: Bool { !isNull && bool != false }
}
