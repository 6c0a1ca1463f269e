internal import Sluice
internal import SluiceCore

/// `cache:` in the configuration file: where answers are kept, and how many.
struct CacheSection {
    /// Whether runs use it without being told by a flag.
    private(set) var isEnabled = false
    /// The limits that are kept by themselves.
    private(set) var limits = CacheOptions()
    private var dir: String?

    /// Reads the section of a file; the defaults if there is no file, or none in it.
    /// - Throws: ``SluiceError`` that names file and line.
    static func read(_ path: String?) throws(SluiceError) -> CacheSection {
        guard let path else { return CacheSection() }
        // The key lists of other tools have no names at their top.
        let entries = try? ConfigurationFile.root(of: path).entries()
        return try entries?.first { $0.name.text == "cache" }.map { entry throws(SluiceError) in
            try CacheSection(entry.value)
        } ?? CacheSection()
    }

    private init() {}

    init(_ node: ConfigurationNode) throws(SluiceError) {
        for (name, value) in try node.members(known: ["enabled", "dir", "max_size", "max_count", "older_than"]) {
            switch name {
            case "enabled": isEnabled = try value.flag(name)
            case "dir": dir = try value.text(name)
            case "max_size": limits.maxBytes = try value.bytes(name)
            case "max_count": limits.maxCount = Int(try value.count(name))
            default: limits.maxAge = try value.span(name)
            }
        }
    }

    /// The folder that counts: the one that is named, else the section's, else the user's own.
    func folder(_ named: String?) throws(SluiceError) -> String {
        let home = ProcessEnvironment["HOME"]
        if let folder = named ?? dir {
            guard folder.hasPrefix("~/"), let home else { return folder }
            return home + folder.dropFirst(1)
        }
        guard let own = ProcessEnvironment["XDG_CACHE_HOME"] ?? home.map({ $0 + "/.cache" }) else {
            throw SluiceError(
                .configuration, "there is no place for the cache: neither XDG_CACHE_HOME nor HOME is set",
                hint: "name one with --cache-dir")
        }
        return own + "/sluice"
    }
}
