internal import SluiceCore
internal import SluiceProviders

/// Makes the request of a question: the run's settings first, then the row's own.
struct RequestWriter: Sendable {
    private let asking: Asking
    private let overridden: Set<String>
    private let extra: Bytes
    /// The largest answer that the run's own parameters ask for.
    private let cap: Int?

    init(_ asking: Asking) {
        self.asking = asking
        overridden = Set(asking.parameters.map(\.name))
        cap =
            asking.parameters.filter { own in Self.caps.contains { own.name == $0.description } }
            .compactMap { Self.cap($0.value) }.last
        extra = RequestWriter.members(asking.parameters.map { ($0.name, $0.value.raw) })
    }

    /// The request of a row.
    /// - Parameter asked: The one of several models that it is asked of.
    /// - Throws: ``Failure`` if nobody names a model.
    func request(_ question: Question, row: JSON?, asked: String? = nil) throws(Failure) -> Request {
        let model = asked ?? asking.modelField.flatMap { row?[$0]?.string } ?? asking.model ?? question.model
        guard let model, !model.isEmpty else {
            throw Failure(
                .final, code: "no_model", message: "the row names no model, and none was given with -m")
        }
        if let endpoint = asking.endpoint, endpoint != question.endpoint {
            throw Failure(
                .final, code: "bad_row",
                message: "a row for '\(question.endpoint.rawValue)' cannot be sent to '\(endpoint.rawValue)'")
        }
        let own =
            overridden.isEmpty ? question.parameters : question.parameters.filter { !overridden.contains($0.text) }
        var maxTokens: Int?
        for member in own where RequestWriter.caps.contains(where: { member.isNamed($0) }) {
            maxTokens = RequestWriter.cap(member.value) ?? maxTokens
        }
        var parameters = RequestWriter.text(of: own)
        if !extra.isEmpty {
            if !parameters.isEmpty { parameters.append(UInt8(ascii: ",")) }
            parameters.append(extra)
        }
        return Request(
            endpoint: question.endpoint, model: model, question: question.content,
            parameters: Bytes(parameters), maxTokens: cap ?? maxTokens, turns: question.turns)
    }

    /// Whether the run itself sends a parameter of this name with every row.
    func sets(_ member: JSON.Member) -> Bool { overridden.contains(member.text) }

    private static let caps: [StaticString] = ["max_tokens", "max_completion_tokens"]

    /// A cap as it is reckoned with; what is sent stays as it is written.
    ///
    /// Some servers take -1 for no cap. No model writes 2³⁰ tokens, and sums of such numbers do not overflow.
    private static func cap(_ value: JSON) -> Int? { value.int.flatMap { $0 >= 0 ? min($0, 1 << 30) : nil } }

    /// Members as they stand in the row, byte for byte.
    private static func text(of members: [JSON.Member]) -> [UInt8] {
        var text: [UInt8] = []
        for member in members {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text.append(UInt8(ascii: "\""))
            text.append(member.name)
            text.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
            text.append(member.value.raw)
        }
        return text
    }

    private static func members(_ pairs: [(name: String, value: Bytes)]) -> Bytes {
        var json = JSONBuilder()
        json.beginObject()
        for pair in pairs {
            json.key(pair.name)
            json.raw(pair.value)
        }
        json.endObject()
        let object = Bytes(json.bytes)
        return object[1..<object.count - 1]
    }
}
