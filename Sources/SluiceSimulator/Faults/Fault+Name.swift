import SluiceCore

extension Fault {
    /// What the ledger calls it: `503`, `html-502`, `reset`, `stall-body`, `429-truncate-length`.
    public var name: String { refusal.map { "\($0.status)-\(nameOfKind)" } ?? nameOfKind }

    private var nameOfKind: String {
        switch kind {
        case .none: clockSkew != nil ? "clock" : delay > .zero ? "delay" : "headers"
        case .error(let refusal): refusal.status == 200 ? "error-in-200" : String(refusal.status)
        case .page(let status): "html-\(status)"
        case .body: "body"
        case .reset(let place): Self.name("reset", place)
        case .close(let place): Self.name("close", place)
        case .stall(let place, _): Self.name("stall", place)
        case .truncate(let truncation): "truncate-\(truncation.rawValue)"
        case .length(let change): change < 0 ? "length-short" : "length-long"
        case .chunked(let chunking): "chunked-\(chunking.rawValue)"
        case .twice: "twice"
        case .again: "again"
        case .interim: "interim"
        case .size: "size"
        case .gzip(.sound): "gzip"
        case .gzip(.broken): "gzip-broken"
        case .gzip(.bomb): "gzip-bomb"
        case .drip: "drip"
        case .key(let end): "key-\(end.rawValue)"
        case .limits: "limits"
        }
    }

    private static func name(_ word: String, _ place: Place) -> String {
        place == .before ? word : "\(word)-\(place.rawValue)"
    }
}
