import SluiceCore
import SluiceTransport
import Testing

@Suite struct EndpointTests {
    private func endpoint(_ headers: [(name: String, value: String)]) throws -> Endpoint {
        try Endpoint(base: try BaseURL("http://h/v1"), path: "/chat/completions", headers: headers)
    }

    @Test(arguments: ["sk\r\nx: y", "sk\n", "\rsk", "a\u{0}b", "a\u{7F}", "a\u{1B}[31m"])
    func `a value that would end its header is refused as a mistake in the configuration`(value: String) {
        let error = #expect(throws: SluiceError.self) { try endpoint([(name: "authorization", value: value)]) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("sk") == false, "the value is not repeated")
    }

    @Test(arguments: ["Bearer sk-1", "", "a\tb", "é", "😀"])
    func `any other value passes`(value: String) throws {
        _ = try endpoint([(name: "authorization", value: value)])
    }
}
