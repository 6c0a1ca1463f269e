import SluiceCore
import Testing

@Suite struct SecretTests {
    private struct Holder {
        let name = "holder"
        let secret: Secret
        let list: [Secret]
        let maybe: Secret?
        let named: [String: Secret]
    }

    private enum Choice {
        case key(Secret)
    }

    private let text = "sk-VeryHiddenValue0123456789"

    /// Every way in which Swift turns a value into text.
    private func texts(of value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var printed = ""
        print(value, to: &printed)
        var debugPrinted = ""
        debugPrint(value, to: &debugPrinted)
        return [
            "\(value)", String(describing: value), String(reflecting: value), dumped, printed, debugPrinted,
            String(describing: Mirror(reflecting: value)), "\(Mirror(reflecting: value).children.map { "\($0)" })",
            String(describing: Optional(value)), String(reflecting: [value]), "\(["k": value])",
        ]
    }

    @Test func `a secret never turns into text, alone or inside other values`() {
        let secret = Secret(text)
        let holder = Holder(secret: secret, list: [secret], maybe: secret, named: ["a": secret])
        let all = texts(of: secret) + texts(of: holder) + texts(of: Choice.key(secret)) + texts(of: (1, secret))
        for rendering in all {
            #expect(!rendering.contains("Hidden"), "\(rendering.count) characters")
            #expect(!rendering.contains("sk-"))
            #expect(!rendering.contains("6789"))
        }
        #expect("\(secret)" == "‹secret›")
        #expect(String(reflecting: secret) == "‹secret›")
    }

    @Test func `a mirror shows no children, at any depth`() {
        let mirror = Mirror(reflecting: Secret(text))
        #expect(mirror.children.isEmpty)
        #expect(mirror.superclassMirror == nil)
    }

    @Test func `an error that carries a secret does not show it`() {
        struct Failed: Error { let key: Secret }
        let error: any Error = Failed(key: Secret(text))
        #expect(!"\(error) \(String(reflecting: error))".contains("Hidden"))
    }

    @Test(arguments: [
        ("", ""), ("a", ""), ("ab", ""), ("abc", "c"), ("abcdef", "ef"), ("abcdefghijk", "ijk"),
        ("abcdefghijkl", "ijkl"),
        ("sk-0123456789abcdef", "cdef"),
    ])
    func `the tail shows four characters and less than half of a short secret`(text: String, tail: String) {
        #expect(Secret(text).tail == tail)
    }

    @Test func `the text is lent and secrets compare by it`() {
        #expect(Secret(text).reveal { $0 == text })
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        #expect(Set([Secret("a"), Secret("a"), Secret("b")]).count == 2)
        #expect(Secret("").isEmpty)
        #expect(!Secret("a").isEmpty)
    }
}
