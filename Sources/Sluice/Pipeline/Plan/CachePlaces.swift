internal import SluiceCore
internal import SluiceProviders
internal import SluiceStorage

/// Where a model may be asked: answers of one place are not those of another.
final class CachePlaces: Sendable {
    /// A base URL and the name of the model there.
    struct Place: Sendable, Hashable {
        let base: BaseURL
        let model: String
    }

    private let accounts: [Account]
    private let known = Guarded([String: [Place]]())

    init(_ accounts: [Account]) {
        self.accounts = accounts
    }

    /// The places of a model, each once, in the order of the accounts.
    func places(of model: String) -> [Place] {
        known.withLock { known in
            if let places = known[model] { return places }
            var seen = Set<Place>()
            let places = accounts.serving(model).map { Place(base: $0.base, model: $0.name(of: model)) }
                .filter { seen.insert($0).inserted }
            // Rows may name what they like; the list must not grow with them.
            if known.count < 256 { known[model] = places }
            return places
        }
    }

    /// The place of a model at an account.
    func place(of model: String, account: Int) -> Place {
        Place(base: accounts[account].base, model: accounts[account].name(of: model))
    }
}
