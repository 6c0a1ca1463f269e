/// Sluice's own folders in the user's home, by the XDG Base Directory Specification
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>).
enum UserFolder: String {
    /// What the user has set, and newer prices.
    case configuration = "XDG_CONFIG_HOME"
    /// What can be made again.
    case cache = "XDG_CACHE_HOME"
    /// What outlives a run: counters of days.
    case state = "XDG_STATE_HOME"

    /// The variable that names another place.
    var variable: String { rawValue }

    /// Where it is, whether or not it is there; nil where neither the variable nor `HOME` is set.
    var path: String? {
        let usual =
            switch self {
            case .configuration: ".config"
            case .cache: ".cache"
            case .state: ".local/state"
            }
        let parent = ProcessEnvironment[variable] ?? ProcessEnvironment["HOME"].map { "\($0)/\(usual)" }
        return parent.map { $0 + "/sluice" }
    }

    /// A path in which `~/` stands for the home, as a shell would have it.
    static func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = ProcessEnvironment["HOME"] else { return path }
        return home + path.dropFirst(1)
    }
}
