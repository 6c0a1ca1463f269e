internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// The `config.json` of two tools, which lists keys: OpenAI-Parallel-Toolkit's (`api_keys`, `api_base`) and GPTWrapper's
/// (`key_index`, `key_list` with `api_key`, `organization` and `base_url`).
///
/// Each key is an account of its own.
struct KeyList {
    private(set) var accounts: [ConfiguredAccount] = []
    private let node: ConfigurationNode

    /// Reads the file; nil if it is neither.
    /// - Throws: ``SluiceError`` that names file and line.
    init?(_ node: ConfigurationNode) throws(SluiceError) {
        self.node = node
        // A file of our own may be anything but these.
        guard let names = try? node.entries().map(\.name.text) else { return nil }
        if names.contains("api_keys") {
            try readToolkit()
        } else if names.contains("key_list") {
            try readWrapper()
        } else {
            return nil
        }
        guard !accounts.isEmpty else { throw node.error("there is no key in the file") }
    }

    private mutating func readToolkit() throws(SluiceError) {
        var base = ""
        var keys: [ConfigurationNode] = []
        for (name, value) in try node.members(known: ["api_keys", "api_base"]) {
            if name == "api_keys" { keys = try value.list(name) } else { base = try value.textOrNothing(name) }
        }
        for key in keys { try add(key, key: key.textOrNothing("api_keys"), base: base, organisation: "") }
    }

    /// The keys begin with that of `key_index`, as there.
    private mutating func readWrapper() throws(SluiceError) {
        var first = 0
        var entries: [ConfigurationNode] = []
        for (name, value) in try node.members(known: ["key_index", "key_list"]) {
            if name == "key_list" {
                entries = try value.list(name)
            } else {
                first = Int(try value.count(name, atLeast: 0))
            }
        }
        guard first < max(1, entries.count) else { throw node.error("key_index \(first) is no place in key_list") }
        for entry in entries[first...] + entries[..<first] {
            var key = ""
            var base = ""
            var organisation = ""
            for (name, value) in try entry.members(known: ["api_key", "organization", "base_url"]) {
                switch name {
                case "api_key": key = try value.textOrNothing(name)
                case "organization": organisation = try value.textOrNothing(name)
                default: base = try value.textOrNothing(name)
                }
            }
            try add(entry, key: key, base: base, organisation: organisation)
        }
    }

    private mutating func add(
        _ node: ConfigurationNode, key: String, base: String, organisation: String
    ) throws(SluiceError) {
        guard !key.isEmpty else { throw node.error("a key is empty") }
        let address = try node.baseURL(base.isEmpty ? "https://api.openai.com/v1" : base)
        let name = "\(address.authority) key \(accounts.count + 1)"
        var account = Account(name: name, base: address, keys: [], limits: UsualLimits.at(address))
        account.addUsualModelLimits()
        account.isNamed = false
        account.organisation = organisation.isEmpty ? nil : organisation
        accounts.append(ConfiguredAccount(account: account, keys: [KeySource(Secret(key))]))
    }
}
