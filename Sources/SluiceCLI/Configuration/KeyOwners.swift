internal import Sluice
internal import SluiceCore

/// Whose the keys of a configuration are: a key in two accounts would have its limits twice.
struct KeyOwners {
    private struct Place: Hashable {
        let base: BaseURL
        let key: String
    }

    private var owners: [Place: [Account]] = [:]

    /// Takes the keys of an account.
    /// - Throws: ``SluiceError`` if another account at the same address has one of them, unless they share no model.
    mutating func add(_ keys: [Secret], of account: Account, from source: KeySource) throws(SluiceError) {
        for key in keys {
            let place = Place(base: account.base, key: key.reveal(\.self))
            let other = owners[place]?.first { $0.name != account.name && !$0.sharesNoModel(with: account) }
            if let other {
                throw SluiceError(
                    .configuration, "a key of account '\(other.name)' again, so that its limits would count twice",
                    hint: "leave it out of one of them; limits of single models stand in limits: {models: ...}",
                    file: source.place?.file, line: source.place?.line)
            }
            owners[place, default: []].append(account)
        }
    }
}

extension Account {
    fileprivate func sharesNoModel(with other: Account) -> Bool {
        guard let models, let others = other.models else { return false }
        return Set(models).isDisjoint(with: others)
    }
}
