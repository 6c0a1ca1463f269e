internal import SluiceCore

/// `safe: {chain: [openai/gpt-5-mini, lab/qwen3]}` among the `models:` of a configuration file: names for models of which
/// the first is asked and the others step in.
enum ModelChains {
    /// The chains of a file, by their names; none in the key lists of other tools.
    /// - Throws: ``SluiceError`` that names file and line.
    static func read(_ file: ConfigurationFile) throws(SluiceError) -> [String: [String]] {
        var chains: [String: [String]] = [:]
        for (name, value) in try file.section("models")?.entries() ?? [] {
            guard let models = try models(value, name: name.text) else { continue }
            for model in models { chains[name.text, default: []].append(try model.text(name.text)) }
        }
        return chains
    }

    /// What is in a chain; nil for a pool.
    static func models(_ node: ConfigurationNode, name: String) throws(SluiceError) -> [ConfigurationNode]? {
        guard node.hasMembers else { return nil }
        let members = try node.members(known: ["chain"])
        guard let models = try members.first.map({ member throws(SluiceError) in try member.value.list("chain") }),
            !models.isEmpty
        else { throw node.error("'\(name)' names no model") }
        return models
    }
}
