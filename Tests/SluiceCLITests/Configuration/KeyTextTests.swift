import SluiceCore
import Testing

@testable import SluiceCLI

@Suite struct KeyTextTests {
    private static let secret = "sk-live-51Nq-3f9c2ab7d1e84c60"
    private let file = KeyText(name: "keys.txt", file: "keys.txt", line: nil)

    @Test(arguments: [
        "\u{FEFF}\(secret)\n", "\u{FEFF}# mine\r\n\(secret)\r\n", "\"\(secret)\"", "'\(secret)' # mine\n",
        "\(secret),\n \(secret)",
    ])
    func `a mark, straight quotes and comments are no part of a key`(text: String) throws {
        #expect(try file.keys(in: text).map { $0.reveal(\.self) } == [Self.secret])
    }

    @Test func `keys with signs of all kinds stay as they are`() throws {
        let keys = ["ABCDEF0123==", "sk-a_b-c.d/e+f", "user=abc", "eyJ0eXAi.eyJzdWIi.c2ln"]
        #expect(try file.keys(in: keys.joined(separator: " ; ")).map { $0.reveal(\.self) } == keys)
    }

    @Test(arguments: [
        ("“\(secret)”", "U+201C"), ("sk-live\u{200B}-51Nq-3f9c2ab7d1e84c60", "U+200B"), ("\"\(secret)", "a quote"),
        ("OPENAI_API_KEY=\(secret)", "as a variable is set"), ("export K=\(secret)", "as a variable is set"),
        ("api_key=\"\(secret)\"", "a quote"), ("Bearer \(secret)", "'Bearer'"),
    ])
    func `what cannot be a key is refused by file and line, and not shown`(text: String, fault: String) {
        let error = #expect(throws: SluiceError.self) { try file.keys(in: "# mine\n\(text)\n") }
        #expect(error?.file == "keys.txt" && error?.line == 2)
        #expect(error?.message.contains(fault) == true, "\(error?.message ?? "none")")
        #expect(error?.description.contains("3f9c2ab7d1e84c60") == false)
    }
}
