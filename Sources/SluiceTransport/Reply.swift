internal import NIOHTTP1
package import SluiceCore

/// A whole reply: status, headers, body.
package struct Reply: Sendable {
    /// The HTTP status.
    package let status: Int
    /// The body as it came.
    package let body: Bytes
    private let headers: HTTPHeaders

    init(status: Int, headers: HTTPHeaders, body: Bytes) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? { headers.first(name: name) }
}
