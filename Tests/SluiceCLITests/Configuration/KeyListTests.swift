import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct KeyListTests {
    private func run(_ config: String, _ simulator: Simulator) async throws -> [String] {
        let shell = try Shell(rows: 30)
        try TextFile.write(config, to: shell.folder.file("config.json"))
        let end = try await shell.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--config", "config.json")
        #expect(end.code == 0, "\(end)")
        #expect(await simulator.ledger().paid == Array(1...30))
        return await simulator.ledger().keys
    }

    @Test func `the toolkit's keys are accounts of their own`() async throws {
        try await withSimulator { simulator in
            let config = """
                {
                  "api_keys": [
                    "sk-toolkit-key-0001",
                    "sk-toolkit-key-0002"
                  ],
                  "api_base": "\(simulator.baseURL)"
                }
                """
            let keys = try await run(config, simulator)
            #expect(keys == ["…0001", "…0002"])
        }
    }

    @Test func `GPTWrapper's list is read with its comments, and a key may have an address of its own`() async throws {
        try await withSimulator { simulator in
            let config = """
                {
                    "key_index": 1, // the first key to use
                    "key_list": [
                        {"api_key": "sk-wrapper-key-0001", "organization": null, "base_url": "\(simulator.baseURL)"},
                        // bought in May: "cheap"
                        {"api_key": "sk-wrapper-key-0002", "organization": "org-7", "base_url": "\(simulator.baseURL)"}
                    ]
                }
                """
            let keys = try await run(config, simulator)
            #expect(keys == ["…0001", "…0002"])
        }
    }

    @Test(arguments: [
        (#"{"api_keys": []}"#, 1, "no key"),
        ("{\"api_keys\": [\"sk-a\",\n  \"\"]}", 2, "empty"),
        ("{\"api_keys\": [\"sk-a\"],\n \"api_bse\": \"x\"}", 2, "did you mean 'api_base'?"),
        ("{\"key_index\": 2, \"key_list\": [{\"api_key\": \"sk-a\"}]}", 1, "key_index 2"),
        ("{\"key_list\": [\n // x\n {\"api-key\": \"sk-a\"}]}", 3, "did you mean 'api_key'?"),
    ])
    func `a mistake is named with its line, and no key is told`(text: String, line: Int, message: String) async throws {
        let shell = try Shell(rows: 1)
        try TextFile.write(text, to: shell.folder.file("config.json"))
        let end = try await shell.run("run", "in.jsonl", "-o", "o.jsonl", "-m", "m", "--config", "config.json")
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.contains("config.json:\(line): "), "\(end.errors)")
        #expect(end.errors.contains(message), "\(end.errors)")
        #expect(!end.errors.contains("sk-a"))
    }
}
