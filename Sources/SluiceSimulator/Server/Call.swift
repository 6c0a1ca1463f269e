import NIOHTTP1
import SluiceCore

/// A request that has come in whole.
struct Call: Sendable {
    /// Method, path and header fields.
    let head: HTTPRequestHead
    /// The body, or nil if it was larger than allowed.
    let body: Bytes?

    /// Whether the connection ends with the reply: what follows an offer to change the protocol is not read as HTTP.
    var closes: Bool { !head.isKeepAlive || head.headers.contains(name: "upgrade") || head.method == .CONNECT }

    /// The path without the query.
    var path: Substring { head.uri[..<(head.uri.utf8.firstIndex(of: UInt8(ascii: "?")) ?? head.uri.endIndex)] }

    /// The key: what follows `Bearer` in `authorization`, else Azure's `api-key`, else an empty text.
    var key: String {
        guard let authorization = head.headers.first(name: "authorization") else {
            return head.headers.first(name: "api-key") ?? ""
        }
        let (scheme, key) = (authorization.utf8.prefix(7), authorization.utf8.dropFirst(7))
        guard scheme.elementsEqual("Bearer ".utf8) || String(scheme)?.lowercased() == "bearer " else { return "" }
        return String(key) ?? ""
    }
}
