internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// Reads `providers:` and `models:` of a configuration file.
struct ProviderReader {
    /// The file, for messages.
    let path: String
    /// The accounts so far, in the file's order.
    private(set) var accounts: [ConfiguredAccount] = []
    /// The places of each provider's accounts.
    private var providers: [String: Range<Int>] = [:]

    init(path: String) { self.path = path }

    /// Adds the accounts of a provider.
    /// - Throws: ``SluiceError`` that names file and line.
    mutating func readProvider(_ node: ConfigurationNode) throws(SluiceError) {
        var name = "provider \(providers.count + 1)"
        var isNamed = false
        var base: BaseURL?
        var accountNodes: [ConfigurationNode] = []
        var concurrencyNode: ConfigurationNode?
        var limitsNode: ConfigurationNode?
        for (key, value) in try node.members(known: ["name", "base_url", "accounts", "concurrency", "limits"]) {
            switch key {
            case "name": (name, isNamed) = (try value.text(key), true)
            case "base_url": base = try value.baseURL(value.text(key))
            case "accounts": accountNodes = try value.list(key)
            case "concurrency": concurrencyNode = value
            default: limitsNode = value
            }
        }
        if base == nil, name == "openai" { base = try BaseURL("https://api.openai.com/v1") }
        guard let base else { throw node.error("provider '\(name)' has no base_url") }
        guard providers[name] == nil else {
            throw node.error("a second provider '\(name)'", hint: "give each a name of its own, or list its accounts")
        }
        var shared = UsualLimits.at(base)
        try concurrencyNode?.readConcurrency(into: &shared)
        let limits = try limitsNode?.limits(over: shared) ?? (all: shared, models: [:])
        let first = accounts.count
        if accountNodes.isEmpty {
            var account = Account(name: name, base: base, keys: [], limits: limits.all)
            account.modelLimits = limits.models
            account.addUsualModelLimits()
            account.isNamed = isNamed
            accounts.append(ConfiguredAccount(account: account))
        }
        for (index, accountNode) in accountNodes.enumerated() {
            accounts.append(
                try readAccount(accountNode, name: "\(name)-\(index + 1)", base: base, limits: limits))
        }
        providers[name] = first..<accounts.count
    }

    private func readAccount(
        _ node: ConfigurationNode, name: String, base: BaseURL, limits: (all: Limits, models: [String: Limits])
    ) throws(SluiceError) -> ConfiguredAccount {
        var account = Account(name: name, base: base, keys: [], limits: limits.all)
        account.isNamed = false
        account.modelLimits = limits.models
        var keys: [KeySource] = []
        for (key, value) in try node.members(known: ["name", "keys", "limits", "models"]) {
            switch key {
            case "name":
                (account.name, account.isNamed) = (try value.text(key), true)
                guard !accounts.contains(where: { $0.account.isNamed && $0.account.name == account.name }) else {
                    throw value.error(
                        "a second account '\(account.name)'",
                        hint: "give each a name of its own; keys that share limits stand in one account")
                }
            case "keys":
                for keyNode in try value.list(key) {
                    keys.append(try KeySource(keyNode.text(key), file: path, line: keyNode.line))
                }
            case "models":
                var models: [String] = []
                for model in try value.list(key) { models.append(try model.text(key)) }
                account.models = models
            default:
                let own = try value.limits(over: limits.all)
                account.limits = own.all
                account.modelLimits.merge(own.models) { _, own in own }
            }
        }
        account.addUsualModelLimits()
        return ConfiguredAccount(account: account, keys: keys)
    }

    /// `fast: [openai/gpt-5-mini, lab/qwen3]`: one name for models of several providers; `safe: {chain: [...]}`: for
    /// models that step in for each other.
    mutating func readNames(_ node: ConfigurationNode) throws(SluiceError) {
        let names = try node.entries()
        let pools = Set(names.filter { !$0.value.hasMembers }.map(\.name.text))
        let chains = Set(names.filter(\.value.hasMembers).map(\.name.text))
        for (name, value) in names {
            guard let models = try ModelChains.models(value, name: name.text) else {
                try readPool(try value.list(name.text), as: name.text, value)
                continue
            }
            for model in models {
                let text = try model.text(name.text)
                guard !chains.contains(text) else {
                    throw model.error("'\(text)' is a chain, and a chain cannot hold one", hint: "list its models here")
                }
                // Each of a chain is a name of its own, unless it is one already.
                if !pools.contains(text) { try readPool([model], as: text, value) }
            }
        }
    }

    private mutating func readPool(
        _ targets: [ConfigurationNode], as alias: String, _ node: ConfigurationNode
    ) throws(SluiceError) {
        guard !targets.isEmpty else { throw node.error("'\(alias)' names no model") }
        for target in targets {
            let text = try target.text(alias)
            guard let slash = text.firstIndex(of: "/"), case let model = text[text.index(after: slash)...],
                !model.isEmpty
            else { throw target.error("'\(text)' is not PROVIDER/MODEL") }
            let provider = String(text[..<slash])
            guard let places = providers[provider] else {
                let near = DidYouMean.nearest(to: provider, among: providers.keys.sorted())
                throw target.error(
                    "there is no provider '\(provider)'",
                    hint: near.map { "did you mean '\($0)'?" }
                        ?? "known: \(providers.keys.sorted().joined(separator: ", "))")
            }
            guard places.contains(where: { accounts[$0].account.models?.contains(String(model)) ?? true }) else {
                throw target.error("no account of '\(provider)' has '\(model)' among its models")
            }
            for index in places { accounts[index].account.aliases[alias] = String(model) }
        }
    }
}
