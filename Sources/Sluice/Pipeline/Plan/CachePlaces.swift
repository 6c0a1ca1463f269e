internal import SluiceCore
internal import SluiceProviders
internal import SluiceStorage

/// Where a model may be asked: answers of one place are not those of another.
final class CachePlaces: Sendable {
    /// A base URL and the name of the model there.
    struct Place: Sendable, Hashable {
        let base: BaseURL
        /// The base URL as it is written.
        let baseText: String
        let model: String
        let address: CacheAddress

        init(base: BaseURL, model: String) {
            self.base = base
            baseText = base.description
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

    private struct State {
        var accounts: [Account]
        var known: [String: Route] = [:]
    }

    private let state: Guarded<State>

    init(_ accounts: [Account]) {
        state = Guarded(State(accounts: accounts))
    }

    /// Takes over the accounts.
    func update(_ accounts: [Account]) { state.withLock { $0 = State(accounts: accounts) } }

    /// Where a model may be asked.
    func route(of model: String) -> Route {
        state.withLock { state in
            if let route = state.known[model] { return route }
            var seen = Set<Place>()
            let places = state.accounts.serving(model).map { Place(base: $0.base, model: $0.name(of: model)) }
                .filter { seen.insert($0).inserted }
            // Rows may name what they like; the list must not grow with them.
            let route = Route(places: places, question: CacheAddress(model: model))
            if state.known.count < 256 { state.known[model] = route }
            return route
        }
    }

    /// Where among places that of a model at an account is.
    func index(of model: String, account: Int, in places: [Place]) -> Int? {
        let account = state.withLock { $0.accounts[account] }
        let name = account.name(of: model)
        return places.firstIndex { $0.model == name && $0.base == account.base }
    }
}
