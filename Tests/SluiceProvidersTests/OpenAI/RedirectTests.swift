import SluiceCore
import SluiceProviders
import Testing

@Suite struct RedirectTests {
    @Test(arguments: [
        ("https://new.example/v1/chat/completions", "redirects to new.example;", "--base-url https://new.example/v1"),
        ("http://1.2.3.4:81/embeddings?key=secret", "redirects to 1.2.3.4:81;", "--base-url http://1.2.3.4:81"),
        ("//cdn.example/x", "redirects to cdn.example;", "--base-url https://cdn.example/x"),
        ("https://user:pass@evil.example/", "redirects to evil.example;", "--base-url https://evil.example/"),
        ("/v2/chat/completions", "redirects to /v2/chat/completions of the same server;", "set --base-url"),
        ("", "redirects to nowhere;", "set --base-url"),
        ("https://a\u{1B}[31m.example/\r\nx", "redirects to a[31m.example;", "--base-url https://a[31m.example/x"),
    ])
    func `a redirect names its host and what to set, and repeats no secret`(
        location: String, message: String, hint: String
    ) {
        let verdict = ErrorClassifier.classify(
            status: 308, header: { $0 == "location" ? location : nil }, body: Bytes(""), from: nil,
            now: WallTime(nanoseconds: 0))
        #expect(verdict.kind == .fatalRoute)
        #expect(verdict.message.contains(message), "\(verdict.message)")
        #expect(verdict.message.contains("a key is never sent on"))
        #expect(verdict.hint?.contains(hint) == true, "\(verdict.hint ?? "none")")
        let all = verdict.message + (verdict.hint ?? "")
        #expect(!all.contains("secret") && !all.contains("pass@") && !all.contains("\u{1B}"))
    }
}
