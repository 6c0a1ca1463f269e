internal import Sluice
internal import SluiceCore

/// `cache:` in the configuration file: where answers are kept, and how many.
struct CacheSection {
    /// Whether runs use it without being told by a flag.
    private(set) var isEnabled = false
    /// The limits that are kept by themselves.
    private(set) var limits = CacheOptions()
    private var dir: String?

    /// The defaults.
    init() {}

    /// The section of a file; the defaults if there is no file, or none in it.
    ///
    /// In a file of our own every name must be known: a section whose name is mistyped would leave another folder to be
    /// read, or emptied.
    /// - Throws: ``SluiceError`` that names file and line.
    init(_ file: ConfigurationFile?) throws(SluiceError) {
        guard let file, let node = file.section("cache") else { return }
        try read(node, file)
    }

    private mutating func read(_ node: ConfigurationNode, _ file: ConfigurationFile) throws(SluiceError) {
        for (name, value) in try node.members(known: ["enabled", "dir", "max_size", "max_count", "older_than"]) {
            switch name {
            case "enabled": isEnabled = try value.flag(name)
            case "dir": dir = file.resolved(try value.text(name))
            case "max_size": limits.maxBytes = try value.bytes(name)
            case "max_count": limits.maxCount = Int(try value.count(name))
            default: limits.maxAge = try value.span(name)
            }
        }
    }

    /// The folder that counts: the one that is named, else the section's, else the user's own.
    func folder(_ named: String?) throws(SluiceError) -> String {
        if let folder = named ?? dir { return UserFolder.expanded(folder) }
        guard let own = UserFolder.cache.path else {
            throw SluiceError(
                .configuration,
                "there is no place for the cache: neither \(UserFolder.cache.variable) nor HOME is set",
                hint: "name one with --cache-dir")
        }
        return own
    }
}
