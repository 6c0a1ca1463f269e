internal import Sluice
internal import SluiceCore
internal import SluiceProviders
internal import Yams

/// `sluice.yaml`: providers with their accounts, keys and limits, and names for models.
///
/// Unknown names are errors with file and line; JSON is read by the same parser.
struct ConfigurationFile {
    /// The accounts, in the file's order.
    private(set) var accounts: [Account] = []
    /// The places of each provider's accounts.
    private var providers: [String: Range<Int>] = [:]
    /// The part about prices.
    private(set) var prices: ConfigurationNode?
    private let path: String

    /// The names at the top of a file.
    static let parts = ["providers", "models", "prices", "cache"]

    /// The file that counts when none is named: `./sluice.yaml`, then the user's own.
    static func found() -> String? {
        let own = UserFolder.configuration.path.map { $0 + "/config.yaml" }
        return ["sluice.yaml", own].compactMap(\.self).first(where: TextFile.exists)
    }

    /// Reads a file.
    /// - Throws: ``SluiceError`` that names file and line.
    init(_ path: String) throws(SluiceError) {
        self.path = path
        let node = try Self.root(of: path)
        if let keys = try KeyList(node) {
            accounts = keys.accounts
            return
        }
        let members = try node.members(known: Self.parts)
        prices = members.first { $0.name == "prices" }?.value
        let cache = try members.first { $0.name == "cache" }.map { member throws(SluiceError) in
            try CacheSection(member.value)
        }
        for (name, value) in members where name == "providers" {
            for provider in try value.list(name) { try readProvider(provider) }
        }
        guard !accounts.isEmpty || prices != nil || cache != nil else {
            throw SluiceError(
                .configuration, "no provider in the file", hint: "see docs/file-formats.md, configuration", file: path)
        }
        for (name, value) in members where name == "models" { try readNames(value) }
    }

    /// What a file holds, before it is understood.
    static func root(of path: String) throws(SluiceError) -> ConfigurationNode {
        let text = try TextFile.read(path)
        let root: Node?
        do {
            root = try Yams.compose(yaml: CommentedJSON.withoutComments(text))
        } catch {
            throw SluiceError(yaml: error, file: path)
        }
        guard let root else { throw SluiceError(.configuration, "the file is empty", file: path) }
        return ConfigurationNode(root, path: path)
    }

    /// The files of keys that a file names; nil if it names no account.
    static func keyFiles(of path: String) throws(SluiceError) -> [String]? {
        let root = try root(of: path)
        if try KeyList(root) != nil { return [] }
        _ = try root.members(known: parts)
        let providers = try root.elements(of: "providers")
        var files: [String] = []
        for provider in providers {
            for account in try provider.elements(of: "accounts") {
                for key in try account.elements(of: "keys") {
                    let text = try key.text("keys")
                    if text.hasPrefix("file:") { files.append(String(text.dropFirst(5))) }
                }
            }
        }
        return providers.isEmpty ? nil : files
    }

    private mutating func readProvider(_ node: ConfigurationNode) throws(SluiceError) {
        var name = "provider \(providers.count + 1)"
        var base: BaseURL?
        var accountNodes: [ConfigurationNode] = []
        var concurrencyNode: ConfigurationNode?
        var limitsNode: ConfigurationNode?
        for (key, value) in try node.members(known: ["name", "base_url", "accounts", "concurrency", "limits"]) {
            switch key {
            case "name": name = try value.text(key)
            case "base_url": base = try BaseURL(value.text(key))
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
            accounts.append(account)
        }
        for (index, accountNode) in accountNodes.enumerated() {
            accounts.append(
                try readAccount(accountNode, name: "\(name)-\(index + 1)", base: base, limits: limits))
        }
        providers[name] = first..<accounts.count
    }

    private func readAccount(
        _ node: ConfigurationNode, name: String, base: BaseURL, limits: (all: Limits, models: [String: Limits])
    ) throws(SluiceError) -> Account {
        var account = Account(name: name, base: base, keys: [], limits: limits.all)
        account.modelLimits = limits.models
        for (key, value) in try node.members(known: ["name", "keys", "limits", "models"]) {
            switch key {
            case "name": account.name = try value.text(key)
            case "keys":
                for keyNode in try value.list(key) {
                    account.keys += try KeySource.keys(keyNode.text(key), file: path, line: keyNode.line)
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
        return account
    }

    /// `fast: [openai/gpt-5-mini, lab/qwen3]`: one name for models of several providers; `safe: {chain: [...]}`: for
    /// models that step in for each other.
    private mutating func readNames(_ node: ConfigurationNode) throws(SluiceError) {
        let names = try node.entries()
        let pools = Set(names.filter { !$0.value.hasMembers }.map(\.name.text))
        for (name, value) in names {
            guard let models = try ModelChains.models(value, name: name.text) else {
                try readPool(try value.list(name.text), as: name.text, value)
                continue
            }
            for model in models {
                let text = try model.text(name.text)
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
            for index in places { accounts[index].aliases[alias] = String(model) }
        }
    }
}
