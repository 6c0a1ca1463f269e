import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// When keys are looked up, and what is never shown.
@Suite struct KeySourceTests {
    private static let secret = "sk-live-51Nq-3f9c2ab7d1e84c60"

    private static func yaml(_ base: String, _ keys: String) -> String {
        """
        providers:
          - base_url: \(base)
            accounts: [{keys: [\(keys)]}]
        prices:
          brand-new: {input: 7, output: 8, max_output: 1k}

        """
    }

    @Test func `a key command runs once, also for a configuration that comes through a pipe`() async throws {
        var options = SimulatorOptions()
        options.keys = [Self.secret]
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 3)
            let command = #""cmd:echo x >> asked; echo \#(Self.secret)""#
            try TextFile.write(Self.yaml(simulator.baseURL, command), to: shell.folder.file("other.yaml"))
            let end = try await shell.pipe(
                "cat other.yaml | $sluice run in.jsonl -o out.jsonl -m brand-new --max-cost 5 --config /dev/stdin")
            #expect(end.code == 0, "\(end)")
            #expect(await simulator.ledger().paid == Array(1...3))
            #expect(try TextFile.lines(shell.folder.file("asked")).count == 1)
        }
    }

    @Test func `who sends nothing looks no key up`() async throws {
        let shell = try Shell(rows: 3)
        let keys = #"env:NOT_SET, "file:nowhere.txt", "cmd:touch asked""#
        try TextFile.write(Self.yaml("http://127.0.0.1:9/v1", keys), to: shell.folder.file("sluice.yaml"))
        for arguments in [
            ["models", "brand-new"], ["estimate", "in.jsonl", "-m", "brand-new"],
            ["run", "in.jsonl", "-o", "out.jsonl", "-m", "brand-new", "--dry-run"],
        ] {
            let end = try await shell.run(arguments)
            #expect(end.code == 0, "\(arguments) \(end)")
        }
        #expect(!TextFile.exists(shell.folder.file("asked")))
    }

    @Test func `prices of a file whose accounts do not count are known, and one that cannot be read is said`()
        async throws
    {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 3)
            let path = shell.folder.file("sluice.yaml")
            try TextFile.write(Self.yaml("http://127.0.0.1:9/v1", "env:NOT_SET"), to: path)
            let arguments = ["-m", "brand-new", "--max-cost", "5", "--base-url", simulator.baseURL]
            let end = try await shell.run(["run", "in.jsonl", "-o", "out.jsonl"] + arguments)
            #expect(end.code == 0 && !end.errors.contains("warning"), "\(end)")
            try TextFile.write("price: {}\n", to: path)
            let refused = try await shell.run(["run", "in.jsonl", "-o", "other.jsonl"] + arguments)
            #expect(refused.code == 2, "\(refused)")
            #expect(refused.errors.contains("left aside: sluice.yaml:1: unknown name 'price'"), "\(refused)")
        }
    }

    @Test(arguments: ["--api-key-file keys.txt", "--api-key-env MINE", "--api_key sk-mine-0001"])
    func `a configuration with accounts and a flag that names keys are too much`(flag: String) async throws {
        var shell = try Shell(rows: 1)
        shell.environment["MINE"] = "sk-mine-0001"
        try TextFile.write("sk-mine-0001", to: shell.folder.file("keys.txt"))
        try TextFile.write(Self.yaml("http://127.0.0.1:9/v1", "sk-here"), to: shell.folder.file("mine.yaml"))
        let end = try await shell.pipe("$sluice run in.jsonl -o o.jsonl -m m --config mine.yaml \(flag)")
        #expect(end.code == 64, "\(end)")
        #expect(end.errors.contains("--config and \(flag.split(separator: " ")[0]) both say"), "\(end)")
        // Prices alone say nothing of keys.
        try TextFile.write("prices:\n  m: {input: 1, output: 1}\n", to: shell.folder.file("mine.yaml"))
        let look = try await shell.pipe("$sluice run in.jsonl -o o.jsonl -m m --config mine.yaml --dry-run \(flag)")
        #expect(look.code == 0, "\(look)")
    }

    @Test(arguments: [
        ("accounts: [{\(secret): x}]", "unknown name"), ("accounts:\n      - \(secret):", "unknown name"),
        ("accounts: [{keys: ['env:\(secret)']}]", "no name of a variable"),
        ("accounts: [{keys: [env:sk_live_51Nq_3f9c2ab7d1e84c60]}]", "the variable is not set"),
    ])
    func `a key that stands in the wrong place is not shown`(text: String, message: String) async throws {
        let shell = try Shell(rows: 1)
        try TextFile.write(
            "providers:\n  - base_url: http://127.0.0.1:1\n    \(text)\n", to: shell.folder.file("sluice.yaml"))
        let end = try await shell.run("run", "in.jsonl", "-o", "o.jsonl", "-m", "m")
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.contains("sluice.yaml:") && end.errors.contains(message), "\(end.errors)")
        #expect(!end.errors.contains("3f9c2ab7d1e84c60"), "\(end.errors)")
    }

    @Test(arguments: [
        "--api-key-env \(secret)", "--api-key-env sk_live_51Nq_3f9c2ab7d1e84c60", "--api-key-file \(secret)",
        "--base-url http://127.0.0.1:1/v1?key=\(secret)", "--base-url http://127.0.0.1:1/v1#\(secret)",
        "--base-url ftp://me:\(secret)@127.0.0.1/v1", "--request_url http://127.0.0.1:1/v1?key=\(secret)",
    ])
    func `a key that a flag is given by mistake is not shown`(flag: String) async throws {
        let shell = try Shell(rows: 1)
        let end = try await shell.pipe("$sluice run in.jsonl -o o.jsonl -m m \(flag)")
        #expect(end.code == 2 || end.code == 64, "\(end)")
        #expect(end.errors.lowercased().contains("error: "), "\(end.errors)")
        #expect(!end.errors.lowercased().contains("3f9c2ab7d1e84c60"), "\(end.errors)")
    }
}
