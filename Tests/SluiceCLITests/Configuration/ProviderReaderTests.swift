import Sluice
import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceCLI

@Suite struct ProviderReaderTests {
    @Test(arguments: [
        ("", 2500, 500), ("concurrency: 100", 100, 100), ("limits: {concurrency: 9}", 9, 9),
        ("limits: {tpm: 9k, models: {deepseek-v4-pro: {concurrency: 7}}}", 2500, 7), ("limits: {tpm: 9k}", 2500, 500),
    ])
    func `what a provider lets through at once is known, and the file's own numbers win`(
        more: String, all: Int, pro: Int
    ) throws {
        let folder = TemporaryFolder()
        let path = folder.file("sluice.yaml")
        let provider = "name: d\n    base_url: https://api.deepseek.com\n    \(more)\n"
        for accounts in ["", "    accounts: [{keys: [k]}]\n"] {
            try SluiceTestSupport.TextFile.write("providers:\n  - \(provider)\(accounts)", to: path)
            let account = try #require(ConfigurationFile(path).accounts().first?.account)
            #expect(account.limits.concurrency == all)
            #expect((account.modelLimits["deepseek-v4-pro"] ?? account.limits).concurrency == pro)
        }
    }
}
