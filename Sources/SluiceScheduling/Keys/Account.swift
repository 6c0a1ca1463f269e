/// An account: the credentials that draw on the same quotas.
struct Account: Sendable {
    let name: String
    var credentials: [Credential]

    init(_ policy: AdmissionPolicy.Account) {
        name = policy.name
        credentials = policy.credentials.map { Credential(label: $0) }
    }

    var isRetired: Bool { !credentials.contains(where: \.isLive) }

    /// Whether a credential is left for a model.
    func serves(_ model: ModelIndex) -> Bool { credentials.contains { $0.serves(model) } }

    /// How many credentials are left for a model.
    func count(for model: ModelIndex) -> Int { credentials.count { $0.serves(model) } }

    /// The live credential that was used least recently, another than `avoided` if there is one.
    func nextCredential(for model: ModelIndex, avoiding avoided: Int?) -> Int? {
        var best: Int?
        var fallback: Int?
        for index in credentials.indices where credentials[index].serves(model) {
            if index == avoided {
                fallback = index
            } else if best.map({ credentials[index].lastUse < credentials[$0].lastUse }) ?? true {
                best = index
            }
        }
        return best ?? fallback
    }
}
