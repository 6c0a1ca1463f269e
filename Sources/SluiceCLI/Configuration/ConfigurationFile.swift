internal import Sluice
internal import SluiceCore
internal import Yams

/// `sluice.yaml`: providers with their accounts, keys and limits.
///
/// Unknown names are errors with file and line; JSON is read by the same parser.
struct ConfigurationFile {
    /// The accounts, in the file's order.
    private(set) var accounts: [Account] = []
    private let path: String

    /// The file that counts when none is named: `./sluice.yaml`, then the user's own.
    static func found() -> String? {
        let own = ProcessEnvironment["XDG_CONFIG_HOME"] ?? ProcessEnvironment["HOME"].map { $0 + "/.config" }
        return (["sluice.yaml"] + (own.map { [$0 + "/sluice/config.yaml"] } ?? [])).first(where: TextFile.exists)
    }

    /// Reads a file.
    /// - Throws: ``SluiceError`` that names file and line.
    init(_ path: String) throws(SluiceError) {
        self.path = path
        let text = try TextFile.read(path)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw SluiceError(.configuration, "not valid yaml: \(ConfigurationFile.oneLine(error))", file: path)
        }
        guard let root else { throw SluiceError(.configuration, "the file is empty", file: path) }
        for (name, value) in try members(of: root, known: ["providers"]) where name == "providers" {
            for provider in try list(value, "providers") { try readProvider(provider) }
        }
        guard !accounts.isEmpty else {
            throw SluiceError(
                .configuration, "no provider in the file", hint: "see docs/file-formats.md, configuration", file: path)
        }
    }

    private mutating func readProvider(_ node: Node) throws(SluiceError) {
        var name = "provider \(accounts.count + 1)"
        var base: BaseURL?
        var accountNodes: [Node] = []
        var shared = Limits()
        for (key, value) in try members(of: node, known: ["name", "base_url", "accounts", "concurrency", "limits"]) {
            switch key {
            case "name": name = try text(value, key)
            case "base_url": base = try BaseURL(text(value, key))
            case "accounts": accountNodes = try list(value, key)
            case "concurrency": shared.concurrency = try concurrency(value)
            default: shared = try limits(value, over: shared)
            }
        }
        if base == nil, name == "openai" { base = try BaseURL("https://api.openai.com/v1") }
        guard let base else {
            throw error("provider '\(name)' has no base_url", node)
        }
        if accountNodes.isEmpty {
            accounts.append(Account(name: name, base: base, keys: [], limits: shared))
        }
        for (index, accountNode) in accountNodes.enumerated() {
            var account = Account(name: "\(name)-\(index + 1)", base: base, keys: [], limits: shared)
            for (key, value) in try members(of: accountNode, known: ["name", "keys", "limits"]) {
                switch key {
                case "name": account.name = try text(value, key)
                case "keys":
                    for keyNode in try list(value, key) {
                        account.keys += try KeySource.keys(text(keyNode, key), file: path, line: line(keyNode))
                    }
                default: account.limits = try limits(value, over: shared)
                }
            }
            accounts.append(account)
        }
    }

    private func limits(_ node: Node, over shared: Limits) throws(SluiceError) -> Limits {
        var limits = shared
        for (key, value) in try members(of: node, known: ["rpm", "tpm", "concurrency"]) {
            switch key {
            case "rpm": limits.requestsPerMinute = try count(value, key)
            case "tpm": limits.tokensPerMinute = try count(value, key)
            default: limits.concurrency = try concurrency(value)
            }
        }
        return limits
    }

    // MARK: nodes

    private func members(of node: Node, known: [String]) throws(SluiceError) -> [(String, Node)] {
        guard let mapping = node.mapping else { throw error("expected names with values here", node) }
        var found: [(String, Node)] = []
        for (key, value) in mapping {
            let name = key.string ?? ""
            guard known.contains(name) else {
                let near = DidYouMean.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
                throw error("unknown name '\(name)'", key, hint: near ?? "known here: \(known.joined(separator: ", "))")
            }
            found.append((name, value))
        }
        return found
    }

    private func list(_ node: Node, _ name: String) throws(SluiceError) -> [Node] {
        guard let sequence = node.sequence else { throw error("'\(name)' is not a list", node) }
        return Array(sequence)
    }

    private func text(_ node: Node, _ name: String) throws(SluiceError) -> String {
        guard let text = node.scalar?.string, !text.isEmpty else { throw error("'\(name)' is not a text", node) }
        return text
    }

    private func count(_ node: Node, _ name: String) throws(SluiceError) -> Double {
        guard let number = Quantity.count(try text(node, name)), number >= 1 else {
            throw error("'\(name)' is not a number of at least 1", node, hint: "like 500, 200k or 1.5M")
        }
        return number
    }

    private func concurrency(_ node: Node) throws(SluiceError) -> Int? {
        if try text(node, "concurrency") == "auto" { return nil }
        return Int(try count(node, "concurrency"))
    }

    private func line(_ node: Node) -> Int? { node.mark?.line }

    private func error(_ message: String, _ node: Node, hint: String? = nil) -> SluiceError {
        SluiceError(.configuration, message, hint: hint, file: path, line: line(node))
    }

    private static func oneLine(_ error: any Error) -> String {
        "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
