import NIOCore

/// A reply on its way to the wire.
///
/// It is written without an HTTP encoder, so that a reply can also be wrong.
struct Reply: Sendable {
    /// The HTTP status.
    var status: Int
    /// Header fields in their order, without length and connection.
    var headers: [(name: String, value: String)] = []
    /// The body.
    var body: [UInt8]

    /// Appends head and body; `closes` announces that the connection ends with this reply, `omitsBody` answers a HEAD.
    func write(to buffer: inout ByteBuffer, closes: Bool, omitsBody: Bool) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status))
        buffer.writeString(Self.reason(status))
        buffer.writeStaticString("content-type: application/json\r\ncontent-length: ")
        buffer.writeString(String(body.count))
        for (name, value) in headers {
            buffer.writeStaticString("\r\n")
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
        }
        buffer.writeStaticString("\r\nconnection: ")
        buffer.writeString(closes ? "close\r\n\r\n" : "keep-alive\r\n\r\n")
        if !omitsBody { buffer.writeBytes(body) }
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: " OK\r\n"
        case 400: " Bad Request\r\n"
        case 401: " Unauthorized\r\n"
        case 404: " Not Found\r\n"
        case 405: " Method Not Allowed\r\n"
        case 413: " Content Too Large\r\n"
        case 429: " Too Many Requests\r\n"
        case 500: " Internal Server Error\r\n"
        case 503: " Service Unavailable\r\n"
        default: " \r\n"
        }
    }
}
