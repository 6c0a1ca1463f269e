import SluiceCore
import Testing

@Suite struct RequestTests {
    @Test func `tokens are estimated from bytes and turns`() {
        let request = Request(model: "m", question: Bytes(String(repeating: "x", count: 403)), turns: 2)
        #expect(request.estimatedTokens == 108)
    }

    @Test func `each endpoint has a name and a member of its own for the question`() {
        #expect(Request.Endpoint.allCases.map(\.field) == ["messages", "prompt", "input"])
    }
}
