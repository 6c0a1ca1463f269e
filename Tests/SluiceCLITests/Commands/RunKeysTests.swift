import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Configuration files that are edited while `sluice run` waits for a key, or goes on.
@Suite(.timeLimit(.minutes(2))) struct RunKeysTests {
    private static var provider: SimulatorOptions {
        var options = SimulatorOptions()
        options.keys = ["sk-first-0001", "sk-second-0002"]
        options.latency = .fixed(.milliseconds(5))
        options.answersUntilExhausted = ["sk-first-0001": 20]
        return options
    }

    private static func yaml(_ base: String, _ keys: String) -> String {
        "providers:\n  - name: here\n    base_url: \(base)\n    accounts: [{keys: [\(keys)]}]\n"
    }

    private static func wrapper(_ base: String, _ keys: [String]) -> String {
        let entries = keys.map { #"{"api_key": "\#($0)", "base_url": "\#(base)"} // one"# }
        return "{\"key_index\": 0, \"key_list\": [\n" + entries.joined(separator: "\n,") + "\n]}"
    }

    private static let arguments = ["run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "-c", "4"]

    @Test(arguments: [false, true])
    func `a key that is added to the file takes over, whatever happens to the file before`(isWrapper: Bool)
        async throws
    {
        try await withSimulator(Self.provider) { simulator in
            let shell = try Shell(rows: 50)
            let base = simulator.baseURL
            let (old, new) =
                isWrapper
                ? (Self.wrapper(base, ["sk-first-0001"]), Self.wrapper(base, ["sk-first-0001", "sk-second-0002"]))
                : (Self.yaml(base, "sk-first-0001"), Self.yaml(base, "sk-first-0001, sk-second-0002"))
            try TextFile.write(old, to: shell.folder.file("keys.conf"))
            let process = try shell.start(
                Self.arguments + ["--config", "keys.conf"] + (isWrapper ? ["-q"] : []))
            #expect(await Deadline.wait { process.errors.contains("error: no key is left (") }, "\(process.errors)")
            // An editor that is killed half-way, one that removes the file first, one that renames.
            try TextFile.write(String(old.prefix(old.count - 4)), to: shell.folder.file("keys.conf"))
            #expect(
                await Deadline.wait { process.errors.contains("left aside until it is right: ") }, "\(process.errors)")
            _ = try await shell.pipe("rm keys.conf")
            try TextFile.write(new, to: shell.folder.file("keys.new"))
            _ = try await shell.pipe("mv keys.new keys.conf")
            let end = await process.outcome()
            #expect(end.code == 0, "\(end)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...50))
            #expect(ledger.count { $0.key == "…0001" && $0.status == 200 } == 20)
            // What was on its way when it was spent, and its new chance.
            #expect((1...8).contains(ledger.count { $0.key == "…0001" && $0.status != 200 }))
            #expect(try shell.ids() == Array(1...50))
            #expect(!end.errors.contains("sk-first") && !end.errors.contains("sk-second"))
        }
    }

    @Test func `with --on-exhausted fail, or without a file, the run ends with code 3`() async throws {
        var options = Self.provider
        options.answersUntilExhausted["sk-second-0002"] = 10
        try await withSimulator(options) { simulator in
            var shell = try Shell(rows: 50)
            try TextFile.write(Self.yaml(simulator.baseURL, "sk-first-0001"), to: shell.folder.file("sluice.yaml"))
            #expect(try await shell.run(Self.arguments + ["--on-exhausted", "fail"]).code == 3)
            // Keys that never worked are a mistake, not used up.
            let invalid = Self.yaml(simulator.baseURL, "sk-nobody-0003")
            try TextFile.write(invalid, to: shell.folder.file("invalid.yaml"))
            #expect(try await shell.run(Self.arguments + ["--config", "invalid.yaml"]).code == 2)
            shell.environment["OPENAI_API_KEY"] = "sk-second-0002"
            let flags = ["--base-url", simulator.baseURL]
            #expect(try await shell.run(Self.arguments + flags).code == 3)
            let refused = try await shell.run(Self.arguments + flags + ["--on-exhausted", "wait"])
            #expect(refused.code == 64 && refused.errors.contains("--on-exhausted wait needs a file"), "\(refused)")
        }
    }

    @Test func `a file of keys is watched as well`() async throws {
        try await withSimulator(Self.provider) { simulator in
            let shell = try Shell(rows: 50)
            try TextFile.write("sk-first-0001\n", to: shell.folder.file("keys.txt"))
            let process = try shell.start(
                Self.arguments + ["--base-url", simulator.baseURL, "--api-key-file", "keys.txt"])
            #expect(await Deadline.wait { process.errors.contains("no key is left (") }, "\(process.errors)")
            try TextFile.write("sk-second-0002\n", to: shell.folder.file("keys.txt"))
            let end = await process.outcome()
            #expect(end.code == 0, "\(end)")
            #expect(await simulator.ledger().paid == Array(1...50))
        }
    }
}
