import Crypto
package import SluiceCore

/// What a request asks, whoever is asked and however it is written.
///
/// The encoding under the hash is in docs/decisions/0019: two requests have one hash if and only if a provider reads
/// the same from both, so an answer is never given to another question.
package struct CanonicalRequest: Sendable {
    /// Answers that are asked for at once: the parameter `n`, which is not part of the hash.
    package let samples: Int
    /// Whether the same answer is expected each time: temperature 0, or an embedding.
    package let isDeterministic: Bool
    private let digest: SHA256.Digest

    /// More choices than this are not told apart.
    private static let mostSamples = 128

    /// Members of a request that do not change its answer: whom it is for, how it is delivered and billed.
    private static let ignored: Set<String> = [
        "metadata", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier", "store",
        "stream", "stream_options", "timeout", "user",
    ]

    /// With one of these the n answers belong together, so that one more cannot be asked for alone.
    private static let joining: Set<String> = ["best_of", "seed", "use_beam_search"]

    /// Reads a request; its question and its parameters must be JSON.
    package init(_ request: Request) {
        let parameters = JSON(trusted: Bytes([UInt8(ascii: "{")] + request.parameters.array + [UInt8(ascii: "}")]))
        var samples = 1
        var temperature: Double?
        var isJoined = false
        var members: [CanonicalEncoder.Member] = []
        for member in parameters.members {
            let name = member.text
            if Self.ignored.contains(name) { continue }
            if name == "n" { samples = member.value.int ?? 0 }
            if name == "temperature" { temperature = member.value.double }
            isJoined = isJoined || Self.joining.contains(name) && member.value.isOn
            members.append(CanonicalEncoder.Member(member, at: members.count))
        }
        if (1...Self.mostSamples).contains(samples), !isJoined, Self.hasChoices(request) {
            members.removeAll { $0.isNamed("n") }
        } else {
            samples = 1
        }
        self.samples = samples
        isDeterministic = temperature == 0 || request.endpoint == .embeddings

        var encoder = CanonicalEncoder(capacity: request.question.count + request.parameters.count + 64)
        encoder.append(text: Bytes("sluice request 1"))
        encoder.append(text: Bytes(request.endpoint.rawValue))
        encoder.append(JSON(trusted: request.question))
        encoder.append(&members)
        digest = SHA256.hash(data: encoder.bytes)
    }

    /// Reads a request that is compared only with others of its run: what is spelled otherwise is another one.
    ///
    /// It takes a quarter of the time, which every row at temperature 0 pays, also without a cache.
    package init(asWritten request: Request) {
        let parameters = JSON(trusted: Bytes([UInt8(ascii: "{")] + request.parameters.array + [UInt8(ascii: "}")]))
        var samples = 1
        var temperature: Double?
        var isJoined = false
        for member in parameters.members {
            let name = member.text
            if name == "n" { samples = member.value.int ?? 0 }
            if name == "temperature" { temperature = member.value.double }
            isJoined = isJoined || Self.joining.contains(name) && member.value.isOn
        }
        self.samples =
            (1...Self.mostSamples).contains(samples) && !isJoined && Self.hasChoices(request) ? samples : 1
        isDeterministic = temperature == 0 || request.endpoint == .embeddings
        var hash = SHA256()
        hash.update(
            data: Array("sluice request as written 1 \(request.endpoint.rawValue) \(request.question.count) ".utf8))
        request.question.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        request.parameters.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        digest = hash.finalize()
    }

    /// Whether n is the number of choices in the reply: a list of texts has n for each of them, an embedding none.
    private static func hasChoices(_ request: Request) -> Bool {
        switch request.endpoint {
        case .chat: true
        case .completions: request.question.count > 0 && request.question[0] == UInt8(ascii: "\"")
        case .embeddings: false
        }
    }

    /// The hash of the request as it goes to a model at a place.
    package func hash(model: String, at base: BaseURL) -> RequestHash {
        var encoder = CanonicalEncoder(capacity: 256)
        encoder.append(text: Bytes("sluice answer 1"))
        encoder.append(text: Bytes(base.description))
        encoder.append(text: Bytes(model))
        digest.withUnsafeBytes { encoder.append(text: Bytes(Array($0))) }
        return RequestHash(SHA256.hash(data: encoder.bytes))
    }

    /// The hash of the request to a model, wherever it goes.
    package func hash(model: String) -> RequestHash {
        var encoder = CanonicalEncoder(capacity: 128)
        encoder.append(text: Bytes("sluice question 1"))
        encoder.append(text: Bytes(model))
        digest.withUnsafeBytes { encoder.append(text: Bytes(Array($0))) }
        return RequestHash(SHA256.hash(data: encoder.bytes))
    }
}

extension JSON {
    /// Whether a parameter does anything: null, false and one choice of one are as good as absent.
    fileprivate var isOn: Bool { !isNull && bool != false }
}
