import SluiceTokens
import Testing

@Suite struct EncodingModelTests {
    @Test(arguments: [
        ("gpt-4o", "o200k_base"), ("gpt-4o-mini-2024-07-18", "o200k_base"), ("gpt-4", "cl100k_base"),
        ("gpt-4-0613", "cl100k_base"), ("gpt-4.1", "o200k_base"), ("gpt-4.1-mini", "o200k_base"),
        ("gpt-5-mini", "o200k_base"), ("o3-mini", "o200k_base"), ("ft:gpt-4o:org::id", "o200k_base"),
        ("ft:gpt-4:org::id", "cl100k_base"), ("gpt-oss-120b", "o200k_harmony"),
        ("text-embedding-3-small", "cl100k_base"),
        ("davinci", "r50k_base"), ("gpt2", "r50k_base"), ("code-davinci-002", "p50k_base"),
        ("text-davinci-edit-001", "p50k_edit"), ("openai/gpt-4o", "o200k_base"),
    ])
    func `a model has the encoding that tiktoken names`(_ model: String, _ name: String) {
        #expect(Encoding.name(forModel: model) == name)
    }

    @Test(arguments: ["claude-sonnet-4-5", "gemini-2.5-pro", "deepseek-chat", "gpt", ""])
    func `other models have none`(_ model: String) {
        #expect(Encoding.name(forModel: model) == nil)
    }

    @Test func `every name is an encoding`() {
        for name in Encoding.names { #expect(Encoding.published(name) != nil) }
        #expect(Encoding.published("o200k") == nil)
    }
}
