import SluiceCore

/// An account: the credentials that draw on the same quotas.
struct Account: Sendable {
    let name: String
    /// The number of its endpoint.
    let endpoint: Int
    var credentials: [Credential]

    init(_ policy: AdmissionPolicy.Account, endpoint: Int) {
        name = policy.name
        self.endpoint = endpoint
        credentials = policy.credentials.map { Credential(label: $0) }
    }

    var isRetired: Bool { !credentials.contains(where: \.isLive) }

    /// Whether a credential is left for a model.
    func serves(_ model: ModelIndex) -> Bool { credentials.contains { $0.serves(model) } }

    /// How many credentials are left for a model.
    func count(for model: ModelIndex) -> Int { credentials.count { $0.serves(model) } }

    /// The live credential that was used least recently, another than `avoided` if there is one.
    func nextCredential(for model: ModelIndex, avoiding avoided: Int?, now: Instant) -> Int? {
        var best: Int?
        var fallback: Int?
        for index in credentials.indices
        where credentials[index].serves(model) && credentials[index].circuit.due <= now {
            if index == avoided {
                fallback = index
            } else if best.map({ credentials[index].lastUse < credentials[$0].lastUse }) ?? true {
                best = index
            }
        }
        return best ?? fallback
    }
}
