public import SluiceCore

/// What shares limits: an address and the keys of one account there.
public struct Account: Sendable {
    /// A name for people.
    public var name: String
    /// Whether somebody gave it this name, so that it is the same account also with other keys; false where it only tells a
    /// place in a list.
    public var isNamed = true
    /// Where the provider is.
    public var base: BaseURL
    /// The keys; none for a server that wants none.
    public var keys: [Secret]
    /// The organisation that requests are charged to (`openai-organization`); nil for the key's own.
    public var organisation: String?
    /// What the account allows for each model, all its keys together.
    public var limits: Limits
    /// What it allows instead for these models, by their names.
    public var modelLimits: [String: Limits] = [:]
    /// The models that it has, by their names; nil for all.
    public var models: [String]?
    /// What it calls models that the run knows by another name; an account without a name that others have is not
    /// asked for it.
    public var aliases: [String: String] = [:]

    /// Whether a limit per day holds for any of its models.
    var hasDayLimits: Bool { limits.hasDays || modelLimits.values.contains(where: \.hasDays) }

    /// Whether what may be spent is limited for any of its models.
    var limitsSpending: Bool { limits.spendPerDay != nil || modelLimits.values.contains { $0.spendPerDay != nil } }

    /// What it calls a model that the run knows by this name.
    func name(of model: String) -> String { aliases[model] ?? model }

    /// What it allows for a model, by the run's name.
    func limits(for model: String) -> Limits { modelLimits[name(of: model)] ?? limits }

    /// Whether it is asked for a model, by the run's name; `isRenamed` if an account of the run has another name for it.
    func serves(_ model: String, isRenamed: Bool) -> Bool {
        guard let name = aliases[model] else { return models?.contains(model) ?? !isRenamed }
        return models.map { $0.contains(name) || $0.contains(model) } ?? true
    }

    /// An account at a provider.
    public init(name: String, base: BaseURL, keys: [Secret], limits: Limits = Limits()) {
        self.name = name
        self.base = base
        self.keys = keys
        self.limits = limits
    }
}

extension [Account] {
    /// The accounts that are asked for a model, by the run's name.
    func serving(_ model: String) -> [Account] {
        let isRenamed = contains { $0.aliases[model] != nil }
        return filter { $0.serves(model, isRenamed: isRenamed) }
    }
}
