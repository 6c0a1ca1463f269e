import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct ConfigurationFileTests {
    private func run(_ shell: Shell) async throws -> ChildProcess.Outcome {
        try await shell.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "m")
    }

    @Test func `accounts, keys and limits come from the file in the folder`() async throws {
        var options = SimulatorOptions()
        options.keys = ["sk-literal-key-0001", "sk-variable-key-0002", "sk-file-key-0003"]
        options.latency = .fixed(.milliseconds(20))
        try await withSimulator(options) { simulator in
            var shell = try Shell(rows: 60)
            shell.environment["SECOND"] = "sk-variable-key-0002"
            try TextFile.write("sk-file-key-0003", to: shell.folder.file("third.txt"))
            try TextFile.write(
                """
                providers:
                  - name: local
                    base_url: \(simulator.baseURL)
                    limits: {rpm: 60k, concurrency: 2}
                    accounts:
                      - name: one
                        keys: [sk-literal-key-0001, env:SECOND]
                      - keys: ["file:third.txt"]
                        limits:
                          concurrency: 1
                """, to: shell.folder.file("sluice.yaml"))
            let end = try await run(shell)
            #expect(end.code == 0, "\(end)")
            #expect(await simulator.ledger().keys == ["…0001", "…0002", "…0003"])
            #expect(await simulator.ledger().paid == Array(1...60))
            #expect(simulator.counts().mostInFlight == 3)
        }
    }

    @Test func `an address on the command line comes before the file`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 2)
            try TextFile.write("not: ours", to: shell.folder.file("sluice.yaml"))
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL)
            #expect(end.code == 0, "\(end)")
        }
    }

    @Test(arguments: [
        (
            "providers:\n  - name: local\n    base_url: http://127.0.0.1:1\n    acounts: []\n", 4,
            "did you mean 'accounts'?"
        ),
        ("providers:\n  - base_url: http://127.0.0.1:1\n    limits:\n      rpm: many\n", 4, "like 500"),
        ("provider: []\n", 1, "did you mean 'providers'?"),
        ("providers:\n  - name: nowhere\n", 2, "no base_url"),
        ("providers:\n  - base_url: http://127.0.0.1:1\n    accounts:\n      - keys: [env:NOT_SET]\n", 4, "NOT_SET"),
    ])
    func `a mistake is named with its line`(text: String, line: Int, message: String) async throws {
        let shell = try Shell(rows: 1)
        try TextFile.write(text, to: shell.folder.file("sluice.yaml"))
        let end = try await run(shell)
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.contains("sluice.yaml:\(line): "), "\(end.errors)")
        #expect(end.errors.contains(message), "\(end.errors)")
    }

    @Test(arguments: ["", "providers: []", "providers: [", "- 1"])
    func `a file that says nothing is no configuration`(text: String) async throws {
        let shell = try Shell(rows: 1)
        try TextFile.write(text, to: shell.folder.file("sluice.yaml"))
        let end = try await run(shell)
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.hasPrefix("error: sluice.yaml"), "\(end.errors)")
    }
}
