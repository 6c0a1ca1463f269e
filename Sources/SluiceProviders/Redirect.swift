internal import SluiceCore

/// A reply that sends the client elsewhere: it is never followed, since the key would go along.
struct Redirect {
    private static let endpoints = ["/chat/completions", "/completions", "/embeddings"]

    let status: Int
    /// The target without what only this request has: query, fragment, credentials; empty if there was none.
    private let target: String
    /// The host of the target; nil if it is the same server's.
    private let host: String?

    init(status: Int, location: String?) {
        self.status = status
        // It comes from a stranger and ends on a screen, where less is shown once keys are taken out.
        let text = String((location ?? "").unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F }.prefix(4000))
        let plain = text.prefix { $0 != "?" && $0 != "#" }
        var rest = Substring(plain)
        for scheme in ["https://", "http://", "//"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" }
            let name = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
            host = String(name)
            target = (scheme == "//" ? "https://" : scheme) + name + rest.dropFirst(authority.count)
            return
        }
        host = nil
        target = String(plain)
    }

    var message: String {
        let place = host ?? (target.isEmpty ? "nowhere" : "\(target) of the same server")
        return "http \(status) redirects to \(place); a key is never sent on"
    }

    var hint: String {
        guard host != nil else { return "set --base-url to where the server really answers" }
        let end = Redirect.endpoints.first { target.hasSuffix($0) }
        return "if you trust it, set --base-url \(target.dropLast(end?.count ?? 0))"
    }
}
