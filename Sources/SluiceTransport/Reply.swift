package import SluiceCore

/// A whole reply: status, headers, body.
package struct Reply: Sendable {
    /// The body as it came.
    package let body: Bytes
    /// What was taken of the ``ReplyMemory`` for it; whoever has the reply gives it back, if it is not 0.
    package let taken: Int
    private let head: ResponseHead

    init(_ head: ResponseHead, body: Bytes, taken: Int) {
        self.head = head
        self.body = body
        self.taken = taken
    }

    /// A reply that did not come over a connection: for transports of another kind.
    package init(status: Int, headers: [(name: String, value: String)], body: Bytes) throws(ResponseError) {
        let fields = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        head = try ResponseHead(Bytes("HTTP/1.1 \(status) \r\n\(fields)\r\n"))
        self.body = body
        taken = 0
    }

    /// The HTTP status.
    package var status: Int { head.status }

    /// Whether a word of letters, in lower case, stands anywhere in the headers, whatever its case there.
    package func mentions(_ word: StaticString) -> Bool { head.mentions(word) }

    /// The headers in whose names a word of letters in lower case stands, by their names in lower case.
    package func headers(named word: StaticString) -> [String: String] { head.fields(named: word) }

    /// The first value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? { head.field(name) }
}
