package import SluiceCore

/// A whole reply: status, headers, body.
package struct Reply: Sendable {
    /// The body as it came.
    package let body: Bytes
    private let head: ResponseHead

    init(_ head: ResponseHead, body: Bytes) {
        self.head = head
        self.body = body
    }

    /// The HTTP status.
    package var status: Int { head.status }

    /// The first value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? { head.field(name) }
}
