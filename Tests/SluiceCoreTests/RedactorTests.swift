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
}
