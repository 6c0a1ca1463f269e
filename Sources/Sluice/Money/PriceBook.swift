internal import SluiceCore
internal import SluiceProviders

/// What the models of a run cost, at each of its accounts; every name is looked up once.
final class PriceBook: Sendable {
    private struct State {
        /// The provider behind each account, by the catalogue's name.
        var providers: [String?]
        /// What was looked up, by provider and name; nil for a model that is not known.
        var known: [String: [String: Model?]] = [:]
    }

    private let catalogue: Catalogue
    private let state: Guarded<State>

    init(_ options: RunOptions) {
        catalogue = options.catalogue
        state = Guarded(State(providers: options.accounts.map { ProviderName.at($0.base) }))
    }

    /// Takes over the accounts.
    func update(_ accounts: [Account]) {
        let providers = accounts.map { ProviderName.at($0.base) }
        state.withLock { $0.providers = providers }
    }

    /// A model at an account.
    func model(_ name: String, account: Int) -> Model? {
        state.withLock { state in
            let provider = state.providers.indices.contains(account) ? state.providers[account] : nil
            if let found = state.known[provider ?? ""]?[name] { return found }
            let model = catalogue.model(name, at: provider)
            state.known[provider ?? "", default: [:]][name] = .some(model)
            return model
        }
    }

    /// A model wherever the run may send it, account by account.
    func models(_ name: String) -> [Model] {
        let providers = state.withLock { $0.providers }
        var seen = Set<String?>()
        return providers.indices.filter { seen.insert(providers[$0]).inserted }.compactMap { model(name, account: $0) }
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
        let models = self.models(name)
        guard !models.isEmpty else { return nil }
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
