import SluiceTransport
import Testing

@Suite struct HostPatternTests {
    @Test(arguments: [
        ("api.example.com", "api.example.com"), ("API.example.com", "api.EXAMPLE.com"),
        ("*.example.com", "api.example.com"), ("api.example.com.", "api.example.com"), ("localhost", "localhost"),
        ("api.example.com", "api.example.com."), ("*.example.com", "xn--bcher-kva.example.com"),
    ])
    func `a name is its own, and a star stands for its first label`(pattern: String, host: String) {
        #expect(HostPattern(pattern).matches(host))
    }

    @Test(arguments: [
        ("*.example.com", "example.com"), ("*.example.com", "a.b.example.com"), ("*.com", "example.com"),
        ("*", "localhost"), ("a*.example.com", "api.example.com"), ("api.*.com", "api.example.com"),
        ("*.*.com", "api.example.com"), ("api.example.com", "api.example.org"), ("", ""),
        ("*.example.com", ".example.com"),
        ("..", ".."), ("api.example.com", "evilapi.example.com"), ("example.com", "example.com.evil.org"),
    ])
    func `no other name is, and a star stands for nothing else`(pattern: String, host: String) {
        #expect(!HostPattern(pattern).matches(host))
    }
}
