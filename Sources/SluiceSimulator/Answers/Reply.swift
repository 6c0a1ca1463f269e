import NIOCore
import SluiceCore

/// A reply on its way to the wire.
///
/// It is written without an HTTP encoder, so that a reply can also be wrong.
struct Reply: Sendable {
    /// A part of a body that is sent as it comes about.
    struct Piece: Sendable, Equatable {
        /// How long it takes after the piece before it.
        var pause: TimeSpan
        /// Its bytes.
        var bytes: [UInt8]
    }

    /// How the end of a body is told.
    enum Framing: Sendable, Equatable {
        /// By its length.
        case length(Int)
        /// By the chunked coding.
        case chunked
        /// By a length and the chunked coding, which no server may do.
        case both(Int)
    }

    /// The HTTP status.
    var status: Int
    /// What the body is.
    var contentType = "application/json"
    /// Header fields in their order, without type, length and connection.
    var headers: [(name: String, value: String)] = []
    /// The body, if it is sent at once.
    var body: [UInt8]
    /// The body in pieces, if it is sent as it comes about; ``body`` is empty then.
    var stream: [Piece]?

    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// Appends head and body; `closes` announces that the connection ends with this reply, `omitsBody` answers a HEAD.
    func write(to buffer: inout ByteBuffer, closes: Bool, omitsBody: Bool) {
        writeHead(to: &buffer, .length(body.count), closes: closes)
        if !omitsBody { buffer.writeBytes(body) }
    }

    /// The head as bytes, the empty line included.
    func head(_ framing: Framing, closes: Bool) -> [UInt8] {
        var buffer = ByteBuffer()
        writeHead(to: &buffer, framing, closes: closes)
        return Array(buffer.readableBytesView)
    }

    private func writeHead(to buffer: inout ByteBuffer, _ framing: Framing, closes: Bool) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status))
        buffer.writeString(Self.reason(status))
        buffer.writeStaticString("content-type: ")
        buffer.writeString(contentType)
        switch framing {
        case .length(let length), .both(let length):
            buffer.writeStaticString("\r\ncontent-length: ")
            buffer.writeString(String(length))
        case .chunked: break
        }
        if case .length = framing {} else { buffer.writeStaticString("\r\ntransfer-encoding: chunked") }
        for (name, value) in headers {
            buffer.writeStaticString("\r\n")
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
        }
        buffer.writeStaticString("\r\nconnection: ")
        buffer.writeString(closes ? "close\r\n\r\n" : "keep-alive\r\n\r\n")
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
