import SluiceCore
import SluiceProviders
import Testing

@Suite struct OpenAIRequestTests {
    @Test func `question and parameters go out byte for byte`() {
        let question = #"[ {"role":"user", "content":"caf\u00e9 \/ 1.50e3"} ]"#
        let parameters = #""temperature": 1.50e3,"x_unknown" : {"b":1,"a":[1.0,-0]},"seed":12345678901234567890"#
        let request = Request(model: #"a"b"#, question: Bytes(question), parameters: Bytes(parameters))
        #expect(OpenAIRequest.body(request).text == #"{"model":"a\"b","messages":\#(question),\#(parameters)}"#)
    }

    @Test(arguments: [
        (Request.Endpoint.chat, #"{"model":"m","messages":[]}"#),
        (.completions, #"{"model":"m","prompt":[]}"#), (.embeddings, #"{"model":"m","input":[]}"#),
    ])
    func `each endpoint has its own name for the question`(endpoint: Request.Endpoint, body: String) {
        #expect(OpenAIRequest.body(Request(endpoint: endpoint, model: "m", question: Bytes("[]"))).text == body)
    }

    @Test(arguments: [
        ("/v1/chat/completions", Request.Endpoint.chat), ("/chat/completions", .chat),
        ("/v1/completions", .completions), ("/openai/deployments/x/embeddings", .embeddings),
        ("https://h/v1/embeddings", .embeddings), ("/v1/responses", nil), ("", nil), ("/v1", nil), ("completions", nil),
        ("/v1/chat/completions?x=1", nil), ("/v1/mycompletions", nil),
    ])
    func `a path tells its endpoint`(path: String, endpoint: Request.Endpoint?) {
        #expect(OpenAIRequest.endpoint(ofPath: path) == endpoint)
    }

    @Test(arguments: Request.Endpoint.allCases)
    func `the path of an endpoint leads back to it`(endpoint: Request.Endpoint) {
        #expect(OpenAIRequest.endpoint(ofPath: "/v1" + OpenAIRequest.path(endpoint)) == endpoint)
    }

    @Test func `headers carry the key and the organisation, if there are any`() {
        func headers(_ key: String?, _ organisation: String?) -> [String] {
            OpenAIRequest.headers(key: key, organisation: organisation).map { "\($0.name): \($0.value)" }
        }
        #expect(headers(nil, nil).isEmpty)
        #expect(headers("sk-1", nil) == ["authorization: Bearer sk-1"])
        #expect(headers("sk-1", "org-2") == ["authorization: Bearer sk-1", "openai-organization: org-2"])
        #expect(headers(nil, "org-2") == ["openai-organization: org-2"])
    }
}
