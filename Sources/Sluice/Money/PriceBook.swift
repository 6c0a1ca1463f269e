internal import SluiceCore
internal import SluiceProviders

/// What the models of a run cost, at each of its accounts; every name is looked up once.
final class PriceBook: Sendable {
    /// A model at an account, or at several of one provider that call it alike.
    struct Offer: Sendable {
        /// What it is called there.
        let name: String
        /// Nil if it is not known.
        let model: Model?
    }

    private struct State {
        var accounts: [Account]
        /// The provider behind each account, by the catalogue's name.
        var providers: [String?]
        /// What was looked up, by provider and name.
        var known: [Place: Model?] = [:]
        /// What was looked up wherever the run may send it, by the run's name.
        var offers: [String: [Offer]] = [:]

        init(_ accounts: [Account]) {
            self.accounts = accounts
            providers = accounts.map { ProviderName.at($0.base) }
        }
    }

    private struct Place: Hashable {
        let provider: String?
        let model: String
    }

    /// Rows may name what they like; what is remembered must not grow with them.
    private static let mostNames = 256

    private let catalogue: Catalogue
    private let state: Guarded<State>

    init(_ options: RunOptions) {
        catalogue = options.catalogue
        state = Guarded(State(options.accounts))
    }

    /// Takes over the accounts.
    func update(_ accounts: [Account]) { state.withLock { $0 = State(accounts) } }

    /// A model at an account, by the run's name.
    func model(_ name: String, account: Int) -> Model? { state.withLock { model(name, account: account, &$0) } }

    /// A model wherever the run may send it, by the run's name; each provider's once.
    func offers(_ name: String) -> [Offer] {
        state.withLock { state in
            if let offers = state.offers[name] { return offers }
            let isRenamed = state.accounts.contains { $0.aliases[name] != nil }
            var seen = Set<Place>()
            var offers: [Offer] = []
            for (index, account) in state.accounts.enumerated() where account.serves(name, isRenamed: isRenamed) {
                let place = Place(provider: state.providers[index], model: account.name(of: name))
                guard seen.insert(place).inserted else { continue }
                offers.append(Offer(name: place.model, model: model(name, account: index, &state)))
            }
            if state.offers.count < Self.mostNames { state.offers[name] = offers }
            return offers
        }
    }

    /// The same without those that are not known.
    func models(_ name: String) -> [Model] { offers(name).compactMap(\.model) }

    /// What the first account that is asked for a model calls it.
    func name(of model: String) -> String { offers(model).first?.name ?? model }

    private func model(_ name: String, account: Int, _ state: inout State) -> Model? {
        let isKnown = state.accounts.indices.contains(account)
        let own = isKnown ? state.accounts[account].name(of: name) : name
        // A price that the user gives to a name of his own is meant for whatever is behind it.
        if own != name, let model = catalogue.userModel(name) { return model }
        let place = Place(provider: isKnown ? state.providers[account] : nil, model: own)
        if let found = state.known[place] { return found }
        let model = catalogue.model(own, at: place.provider)
        if state.known.count < Self.mostNames { state.known[place] = .some(model) }
        return model
    }

    /// What an answer cost; nil if its price is not known or its tokens were not told.
    func cost(of answer: Answer, model name: String, account: Int, at time: WallTime) -> Money? {
        guard let usage = answer.usage else { return nil }
        let model = model(name, account: account) ?? answer.model.flatMap { self.model($0, account: account) }
        return model?.price?.cost(of: usage, service(answer.serviceTier), at: time)
    }

    /// The most that one attempt can cost at any account; nil if that has no bound that is known.
    ///
    /// A prompt has at most as many tokens as bytes, since every token stands for a byte at least.
    func ceiling(_ body: Bytes, model name: String, endpoint: Request.Endpoint, maxTokens: Int?) -> Money? {
        let offers = offers(name)
        let models = offers.compactMap(\.model)
        guard !models.isEmpty, models.count == offers.count else { return nil }
        let request = try? JSON.parse(body)
        let samples = max(1, request?["n"]?.int ?? 1, request?["best_of"]?.int ?? 1)
        let tier = request?["service_tier"]?.string
        let isOrdinary = tier == nil || tier == "default" || tier == "flex"
        // Providers describe tools to the model in a text of their own.
        let input = body.count + (request?["tools"] == nil ? 0 : 1000)
        // What stands behind a link is not in the body.
        let hasLinks = body.containsText("_url\"") || body.containsText("\"file")
        var most = Money.zero
        for model in models {
            guard let price = model.price else { return nil }
            var output = 0
            if endpoint != .embeddings {
                guard let cap = maxTokens ?? model.maxOutput ?? model.context else { return nil }
                output = min(cap, 1 << 30) * min(samples, 1 << 20)
            }
            if hasLinks, model.context == nil { return nil }
            let prompt = hasLinks ? model.context ?? input : min(input, model.context ?? input)
            most = max(most, price.ceiling(input: prompt, output: output))
            if !isOrdinary { most = max(most, price.ceiling(input: prompt, output: output, .priority)) }
        }
        return most
    }

    private func service(_ tier: String?) -> Price.Service {
        switch tier {
        case "flex": .flex
        case "priority", "fast": .priority
        case "batch": .batch
        default: .standard
        }
    }
}

extension Bytes {
    /// Whether a text occurs in the bytes.
    func containsText(_ text: String) -> Bool {
        let pattern = Array(text.utf8)
        return withUnsafeBytes { bytes in
            guard let first = pattern.first, bytes.count >= pattern.count else { return false }
            for start in 0...(bytes.count - pattern.count) where bytes[start] == first {
                if bytes[start..<(start + pattern.count)].elementsEqual(pattern) { return true }
            }
            return false
        }
    }
}
