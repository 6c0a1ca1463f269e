internal import Sluice
internal import SluiceCore
internal import SluiceProviders
internal import Yams

/// `sluice.yaml`: providers with their accounts, keys and limits, names for models, prices, a cache.
///
/// The file is read once, so that it may come through a pipe; each part is understood when it is asked for. Unknown names
/// are errors with file and line; JSON is read by the same parser.
struct ConfigurationFile {
    /// The names at the top of a file.
    static let parts = ["providers", "models", "prices", "cache"]

    let path: String
    /// Whether something else says where to send, so that it tells no more than prices and a cache.
    ///
    /// It may then be somebody else's file of that name: what cannot be understood is said and left aside.
    private(set) var isAside = false
    /// The file as it was before it was read.
    let seen: WatchedFiles
    /// The key list of another tool; nil in a file of our own.
    private let keyList: KeyList?
    private var sections: [String: ConfigurationNode] = [:]

    /// The file that counts when none is named: `./sluice.yaml`, then the user's own.
    static func found() -> String? {
        let own = UserFolder.configuration.path.map { $0 + "/config.yaml" }
        return ["sluice.yaml", own].compactMap(\.self).first(where: TextFile.exists)
    }

    /// The file that is named, else the one that is found; nil if there is none.
    static func counting(_ named: String?) throws(SluiceError) -> ConfigurationFile? {
        guard let path = named ?? found() else { return nil }
        return try ConfigurationFile(path)
    }

    /// The file that is found where something else says where to send; nil if there is none that can be read.
    static func aside() -> ConfigurationFile? {
        guard let path = found() else { return nil }
        do throws(SluiceError) {
            var file = try ConfigurationFile(path)
            file.isAside = true
            return file
        } catch {
            Terminal.say("warning: there may be prices or a cache in \(path), which is left aside: \(error)")
            return nil
        }
    }

    /// What a part of it says; nil for one that is left aside and cannot be understood.
    /// - Parameter name: The part, for that warning.
    func reading<Value>(
        _ name: String, _ read: (ConfigurationFile) throws(SluiceError) -> Value
    ) throws(SluiceError) -> Value? {
        do throws(SluiceError) {
            return try read(self)
        } catch {
            guard isAside else { throw error }
            Terminal.say("warning: \(name): of \(path) is left aside: \(error)")
            return nil
        }
    }

    /// Reads a file.
    /// - Throws: ``SluiceError`` if it cannot be read, is no YAML, or has parts that nobody knows.
    init(_ path: String) throws(SluiceError) {
        self.path = path
        seen = WatchedFiles([UserFolder.expanded(path)])
        let text = try TextFile.read(path)
        let root: Node?
        do {
            root = try Yams.compose(yaml: CommentedJSON.withoutComments(text))
        } catch {
            throw SluiceError(yaml: error, file: path)
        }
        guard let root else { throw SluiceError(.configuration, "the file is empty", file: path) }
        let node = ConfigurationNode(root, path: path)
        keyList = try KeyList(node)
        guard keyList == nil else { return }
        for (name, value) in try node.members(known: Self.parts) { sections[name] = value }
    }

    /// A path as it is written in the file: a relative one begins at the file's own folder, so that it is the same one
    /// wherever a command is started.
    func resolved(_ written: String) -> String {
        // What comes through a pipe is in no folder.
        guard !written.hasPrefix("/"), !written.hasPrefix("~"), seen.canChange,
            let slash = path.lastIndex(of: "/")
        else { return written }
        return UserFolder.expanded(String(path[...slash])) + written
    }

    /// The part with a name; nil if there is none, or in the key list of another tool.
    func section(_ name: String) -> ConfigurationNode? { sections[name] }

    /// The accounts, in the file's order; none if it is about something else.
    /// - Throws: ``SluiceError`` that names file and line.
    func accounts() throws(SluiceError) -> [ConfiguredAccount] {
        if let keyList { return keyList.accounts }
        var reader = ProviderReader(path: path)
        for provider in try section("providers")?.list("providers") ?? [] { try reader.readProvider(provider) }
        guard !reader.accounts.isEmpty || section("prices") != nil || section("cache") != nil else {
            throw SluiceError(
                .configuration, "no provider in the file", hint: "see docs/file-formats.md, configuration", file: path)
        }
        try section("models").map { names throws(SluiceError) in try reader.readNames(names) }
        return reader.accounts
    }
}
