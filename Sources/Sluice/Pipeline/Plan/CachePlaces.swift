internal import SluiceCore
internal import SluiceProviders
internal import SluiceStorage

/// Where a model may be asked: answers of one place are not those of another.
final class CachePlaces: Sendable {
    /// A base URL and the name of the model there.
    struct Place: Sendable, Hashable {
        let base: BaseURL
        let model: String
        let address: CacheAddress

        init(base: BaseURL, model: String) {
            self.base = base
            self.model = model
            address = CacheAddress(model: model, at: base)
        }
    }

    /// A model of the run and where it may be asked.
    struct Route: Sendable {
        /// The places, each once, in the order of the accounts.
        let places: [Place]
        /// The model, wherever it is asked.
        let question: CacheAddress
    }

    private let accounts: [Account]
    private let known = Guarded([String: Route]())

    init(_ accounts: [Account]) {
        self.accounts = accounts
    }

    /// Where a model may be asked.
    func route(of model: String) -> Route {
        known.withLock { known in
            if let route = known[model] { return route }
            var seen = Set<Place>()
            let places = accounts.serving(model).map { Place(base: $0.base, model: $0.name(of: model)) }
                .filter { seen.insert($0).inserted }
            // Rows may name what they like; the list must not grow with them.
            let route = Route(places: places, question: CacheAddress(model: model))
            if known.count < 256 { known[model] = route }
            return route
        }
    }

    /// The place of a model at an account.
    func place(of model: String, account: Int) -> Place {
        Place(base: accounts[account].base, model: accounts[account].name(of: model))
    }
}
