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

    @Test func `the fields with a word in their names are had at once, whatever the case of these`() throws {
        let head = try ResponseHead(
            Bytes(
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nX-RateLimit-Limit-Requests:  500 \r\nlimit: 1\r\nLIMIT: 2\r\n"
                    + "vary: x-ratelimit-reset\r\nx-limi: t\r\nRateLimitBySize-Reset: 3\r\n\r\n"))
        #expect(
            head.fields(named: "limit") == [
                "x-ratelimit-limit-requests": "500", "limit": "1", "ratelimitbysize-reset": "3",
            ])
        #expect(head.fields(named: "retry") == [:])
    }
}
