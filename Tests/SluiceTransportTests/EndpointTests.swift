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

    @Test(arguments: [
        ("http://[fe80::1%eth0]:8080", "[fe80::1]:8080"), ("http://[fe80::1%25eth0]", "[fe80::1]"),
        ("http://[::1]:8080/v1", "[::1]:8080"), ("http://h:8080", "h:8080"),
    ])
    func `the zone of an address stays on this machine`(base: String, host: String) throws {
        let endpoint = try Endpoint(base: try BaseURL(base), path: "/chat", headers: [])
        #expect(String(decoding: endpoint.prefix, as: UTF8.self).contains("\r\nhost: \(host)\r\n"))
    }

    @Test(arguments: ["Bearer sk-1", "", "a\tb", "é", "😀"])
    func `any other value passes`(value: String) throws {
        let endpoint = try endpoint([(name: "authorization", value: value)])
        #expect(String(decoding: endpoint.prefix, as: UTF8.self).contains("\r\nauthorization: \(value)\r\n"))
    }
}
