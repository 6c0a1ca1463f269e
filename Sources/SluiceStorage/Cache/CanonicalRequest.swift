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

    /// Members of a request that do not change its answer: whom it is for, how it is delivered and billed.
    private static let ignored: Set<String> = [
        "metadata", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier", "store",
        "stream", "stream_options", "timeout", "user",
    ]

    /// Reads a request; its question and its parameters must be JSON.
    package init(_ request: Request) {
        let parameters = Sampling.object(request.parameters)
        let sampling = Sampling(request, parameters)
        samples = sampling.samples
        isDeterministic = sampling.isDeterministic
        var members: [CanonicalEncoder.Member] = []
        for member in parameters.members {
            let name = member.text
            if Self.ignored.contains(name) || sampling.isSplittable && name == "n" { continue }
            members.append(CanonicalEncoder.Member(member, at: members.count))
        }

        var encoder = CanonicalEncoder(capacity: request.question.count + request.parameters.count + 64)
        encoder.append(text: Bytes("sluice request 1"))
        encoder.append(text: Bytes(request.endpoint.rawValue))
        encoder.append(JSON(trusted: request.question))
        encoder.append(&members)
        digest = SHA256.hash(data: encoder.bytes)
    }

    /// The hash of the request as it goes to an address.
    package func hash(at address: CacheAddress) -> RequestHash {
        var encoder = address.prefix
        digest.withUnsafeBytes { encoder.append(text: $0) }
        return RequestHash(SHA256.hash(data: encoder.bytes))
    }
}
