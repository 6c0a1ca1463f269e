import SluiceCore
import SluiceTransport
import Testing

@Suite struct ResponseHeadTests {
    @Test(arguments: [
        ("X-RateLimit-Limit-Requests: 500", true), ("anthropic-ratelimit-tokens-limit: 1", true),
        ("x-ratelimi: 1", false), ("x-rate-limit: 1", false), ("a: rratelimit", true),
    ])
    func `a word is found anywhere in the head, whatever its case`(line: String, isThere: Bool) throws {
        let head = try ResponseHead(Bytes("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\(line)\r\n\r\n"))
        #expect(head.mentions("ratelimit") == isThere)
    }
}
