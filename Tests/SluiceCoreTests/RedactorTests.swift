import SluiceCore
import Testing

@Suite struct RedactorTests {
    private let redactor = Redactor([Secret("sk-0123456789"), Secret("short"), Secret("geheim-schlüssel")])

    @Test(arguments: [
        ("", ""), ("nothing here", "nothing here"), ("sk-0123456789", "‹secret›"),
        ("key sk-0123456789.", "key ‹secret›."),
        ("sk-0123456789sk-0123456789", "‹secret›‹secret›"), ("sk-sk-0123456789", "sk-‹secret›"),
        ("sk-012345678", "sk-012345678"), ("é geheim-schlüssel é", "é ‹secret› é"), ("a short word", "a short word"),
    ])
    func `a secret is taken out wherever it stands`(text: String, redacted: String) {
        #expect(redactor.redact(text) == redacted)
    }

    private static let long = "sk-proj-0123456789abcdefghijklmnopqrstuvwxyz"

    @Test func `the beginning of a long key is taken out with what is there of it`() {
        let redactor = Redactor([Secret(Self.long)])
        #expect(redactor.redact("wrong key \(Self.long.prefix(30))...") == "wrong key ‹secret›...")
        #expect(redactor.redact("cut \(Self.long.prefix(16))") == "cut ‹secret›")
        #expect(redactor.redact("masked sk-proj-***wxyz") == "masked sk-proj-***wxyz")
        #expect(redactor.redact("\(Self.long) \(Self.long)", cutTo: 12) == "‹secret› ‹se…")
    }

    @Test(arguments: 0..<70)
    func `bytes are searched at every offset, for few keys and for many`(offset: Int) {
        let others = (0..<20).map { Secret("\($0)-other-key-\($0)") }
        let text = String(repeating: "s", count: offset) + Self.long + String(repeating: "k", count: 70 - offset)
        let redacted = text.replacing(Self.long, with: "‹secret›")
        for secrets in [[Secret(Self.long)], others + [Secret(Self.long)]] {
            #expect(Redactor(secrets).redact(Bytes(text)).text == redacted)
            let clean = text.replacing("0123", with: "3210")
            #expect(Redactor(secrets).redact(Bytes(clean)).text == clean)
        }
    }
}
