import SluiceCore
import SluiceTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ResponseParserTests {
    private func parse(_ text: String, step: Int = .max) throws(ResponseError) -> ResponseParser {
        var parser = ResponseParser(bodyCap: 1 << 20)
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            let end = at + min(step, bytes.count - at)
            try bytes[at..<end].withUnsafeBufferPointer { part throws(ResponseError) in try parser.feed(part) }
            at = end
        }
        return parser
    }

    /// What could make client and server disagree on where a response ends (RFC 9112 §6.3, §7.1, §5).
    private static let ambiguous = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n 6\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\n Content-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        "HTTP/1.1 200 OK\r\nX: a\rContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nX: a\u{0}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n", "HTTP/2 200\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
    ]

    private static let chunks = [
        "-1", "+5", "0x5", "g", "", " 5", "5 5", "ffffffffffffffff", "1000000000000000", "5\u{0}", "5\r",
        ";x=y", String(repeating: "0", count: 5000),
    ]

    @Test(arguments: ambiguous, [1, 3, Int.max])
    func `ambiguous framing is malformed however it is cut`(text: String, step: Int) {
        #expect(throws: ResponseError.self) { try parse(text, step: step) }
    }

    @Test(arguments: chunks, [1, Int.max])
    func `a chunk size that is none is refused`(size: String, step: Int) {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\nhello\r\n0\r\n\r\n"
        #expect(throws: ResponseError.self) { try parse(text, step: step) }
    }

    @Test(arguments: ["5\r\nhelloX\r\n", "5\r\nhello\n", "5\r\nhello\rX", "5\r\nhell\r\n\r\n"])
    func `a chunk that is not as long as it says is refused`(chunk: String) {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)0\r\n\r\n"
        #expect(throws: ResponseError.self) { try parse(text) }
        #expect(throws: ResponseError.self) { try parse(text, step: 1) }
    }

    @Test(
        arguments: ["204 No Content", "304 Not Modified"], ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"])
    func `a status without a body that announces one ends with its head, and the connection with it`(
        status: String, field: String
    ) throws {
        let parser = try parse("HTTP/1.1 \(status)\r\n\(field)\r\n")
        #expect(parser.isDone)
        #expect(parser.head?.isKeptAlive == false)
        #expect(try parse("HTTP/1.1 \(status)\r\n\r\n").head?.isKeptAlive == true)
    }

    @Test(arguments: [299, 418, 600, 999]) func `a status that nobody knows is one all the same`(status: Int) throws {
        #expect(try parse("HTTP/1.1 \(status) X\r\ncontent-length: 2\r\n\r\nhi").head?.status == status)
    }

    @Test func `interim responses are passed over, but not for ever`() throws {
        let interim = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
        let real = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
        let most = ResponseParser.headCap / interim.utf8.count
        let parser = try parse(String(repeating: interim, count: most) + real, step: 5)
        #expect(parser.head?.status == 200)
        #expect(parser.body == Array("hi".utf8))
        #expect(throws: ResponseError.self) { try parse(String(repeating: interim, count: most + 1) + real) }
    }

    @Test func `a head is bounded in bytes and in lines`() throws {
        func head(lines: Int, of size: Int) -> String {
            "HTTP/1.1 200 OK\r\n"
                + String(repeating: "x: " + String(repeating: "y", count: size) + "\r\n", count: lines)
                + "\r\n"
        }
        _ = try parse(head(lines: 256, of: 10))
        #expect(throws: ResponseError.self) { try parse(head(lines: 257, of: 10)) }
        _ = try parse(head(lines: 60, of: 1000))
        #expect(throws: ResponseError.self) { try parse(head(lines: 70, of: 1000)) }
        #expect(throws: ResponseError.self) { try parse(head(lines: 70, of: 1000), step: 100) }
        #expect(throws: ResponseError.self) {
            try parse("HTTP/1.1 200 OK\r\nx: " + String(repeating: "y", count: 70_000))
        }
    }

    @Test func `a head that comes byte by byte is looked at once`() throws {
        // To start anew with every byte would take some two thousand million steps.
        let filler = String(repeating: "x: " + String(repeating: "y", count: 1000) + "\r\n", count: 60)
        for _ in 0..<5 {
            let parser = try parse("HTTP/1.1 200 OK\r\n\(filler)content-length: 2\r\n\r\nhi", step: 1)
            #expect(parser.isDone)
            #expect(parser.body == Array("hi".utf8))
        }
    }

    @Test func `a promised length takes no memory before it comes, and above the cap is refused at once`() throws {
        #expect(try parse("HTTP/1.1 200 OK\r\ncontent-length: 1048576\r\n\r\n").body.capacity < 1 << 18)
        #expect(throws: ResponseError.tooLarge) { try parse("HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n") }
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100001\r\n"
        #expect(throws: ResponseError.tooLarge) { try parse(chunked) }
    }

    @Test(arguments: [
        ("timeout=5, max=100", 5000), ("max=3,timeout=12", 12_000), ("timeout=0", 0), ("max=1", nil),
        ("timeout=x", nil),
    ])
    func `how long the server keeps a connection is read`(value: String, milliseconds: Int?) throws {
        let head = try parse("HTTP/1.1 200 OK\r\nKeep-Alive: \(value)\r\ncontent-length: 0\r\n\r\n").head
        #expect(head?.keepAlive == milliseconds.map { .milliseconds($0) })
    }

    @Test(arguments: [
        ("gzip", ContentCoding.gzip), ("X-GZIP", .gzip), ("deflate", .deflate), ("identity", .identity),
        ("", .identity),
        ("br", .other), ("gzip, gzip", .other),
    ])
    func `the coding of the body is read`(value: String, coding: ContentCoding) throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Encoding: \(value)\r\ncontent-length: 0\r\n\r\n"
        #expect(try parse(text).head?.coding == coding)
    }
}
