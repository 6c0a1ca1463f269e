import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import SluiceTokens
import Testing

@Suite struct TokenReservationTests {
    @Test(arguments: [("gpt-4o", TokenEstimate.Method.exact, 3 + 1 + 2 + 3), ("no-such-model", .rule, 4 + 1 + 3)])
    func `a dry run counts a known model exactly, and others by a rule`(
        _ model: String, _ method: TokenEstimate.Method, _ tokens: Int
    ) throws {
        let folder = TemporaryFolder()
        try TextFile.write(#"{"prompt":"hello world"}"# + "\n", to: folder.file("in.jsonl"))
        var options = RunOptions()
        options.input = folder.file("in.jsonl")
        options.asking.model = model
        options.accounts = [Account(name: "a", base: try BaseURL("http://localhost:1/v1"), keys: [])]
        #expect(try DryRun(options).prompt == TokenEstimate(tokens: tokens, method: method))
    }
}
