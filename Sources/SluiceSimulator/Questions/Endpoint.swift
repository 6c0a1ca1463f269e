/// What a path leads to; whatever comes before the last parts is ignored.
enum Endpoint: Sendable {
    case chat
    case completions
    case embeddings
    case models
    /// The load of a server that generates its answers together.
    case metrics

    /// The endpoint of a path without query, or nil if there is none.
    init?(path: Substring) {
        // Bytes, not characters: this is asked of every request.
        func ends(with end: StaticString) -> Bool {
            end.withUTF8Buffer { path.utf8.suffix($0.count).elementsEqual($0) }
        }
        if ends(with: "/chat/completions") {
            self = .chat
        } else if ends(with: "/completions") {
            self = .completions
        } else if ends(with: "/embeddings") {
            self = .embeddings
        } else if ends(with: "/models") {
            self = .models
        } else if ends(with: "/metrics") {
            self = .metrics
        } else {
            return nil
        }
    }

    /// The only method it understands.
    var method: String { self == .models || self == .metrics ? "GET" : "POST" }

    /// The name of the deployment in Azure's paths, `…/deployments/NAME/chat/completions`, which stands for the model.
    static func deployment(in path: Substring) -> String? {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"))
        guard let place = parts.firstIndex(where: { $0.elementsEqual("deployments".utf8) }), place + 1 < parts.count
        else { return nil }
        return String(parts[place + 1])
    }
}
