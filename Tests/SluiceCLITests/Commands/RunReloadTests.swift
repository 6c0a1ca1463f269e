import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// What a reload takes over, and what it never does; the ledgers of providers are the judges.
@Suite(.timeLimit(.minutes(2))) struct RunReloadTests {
    private static let first = "sk-first-0001"
    private static let second = "sk-second-0002"
    private static let third = "sk-third-0003"
    private static let arguments = ["run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "-c", "4"]

    private static var provider: SimulatorOptions {
        var options = SimulatorOptions()
        options.keys = [first, second, third]
        options.latency = .fixed(.milliseconds(5))
        options.answersUntilExhausted = [first: 20, second: 10]
        return options
    }

    private static func yaml(_ base: String, _ keys: String) -> String {
        "providers:\n  - name: here\n    base_url: \(base)\n    accounts: [{keys: [\(keys)]}]\n"
    }

    @Test func `a file that says nothing of providers any more sends no row elsewhere`() async throws {
        try await withSimulator(Self.provider) { simulator in
            try await withSimulator { other in
                var shell = try Shell(rows: 25)
                shell.environment["OPENAI_API_KEY"] = "sk-somebody-else"
                shell.environment["OPENAI_BASE_URL"] = other.baseURL
                let path = shell.folder.file("sluice.yaml")
                try TextFile.write(Self.yaml(simulator.baseURL, Self.first), to: path)
                let process = try shell.start(Self.arguments + ["--config", "sluice.yaml"])
                #expect(await Deadline.wait { process.errors.contains("no key is left (") }, "\(process.errors)")
                try TextFile.write("# providers:\nprices:\n  m: {input: 1, output: 1}\n", to: path)
                #expect(
                    await Deadline.wait { process.errors.contains("no provider in the file any more") },
                    "\(process.errors)")
                try TextFile.write(Self.yaml(simulator.baseURL, Self.second), to: path)
                let end = await process.outcome()
                #expect(end.code == 0, "\(end)")
                #expect(await simulator.ledger().paid == Array(1...25))
                #expect(await other.ledger().isEmpty)
            }
        }
    }

    @Test func `a key may move to another file, which is watched from then on`() async throws {
        try await withSimulator(Self.provider) { simulator in
            let shell = try Shell(rows: 50)
            func write(_ text: String, _ name: String) throws { try TextFile.write(text, to: shell.folder.file(name)) }
            try write(Self.first, "f1.txt")
            try write(Self.yaml(simulator.baseURL, #""file:f1.txt""#), "sluice.yaml")
            let process = try shell.start(Self.arguments)
            #expect(await Deadline.wait { process.errors.contains("no key is left (") }, "\(process.errors)")
            // The file that is named is not there yet.
            try write(Self.yaml(simulator.baseURL, #""file:f2.txt""#), "sluice.yaml")
            #expect(await Deadline.wait { process.errors.contains("cannot read f2.txt") }, "\(process.errors)")
            _ = try await shell.pipe("rm f1.txt")
            try write(Self.second, "f2.txt")
            try write(Self.yaml(simulator.baseURL, #""file:f2.txt""#) + "# saved again\n", "sluice.yaml")
            // The second is soon used up.
            #expect(await Deadline.wait { await simulator.ledger().paid.count == 30 })
            try write(Self.third, "f2.txt")
            let end = await process.outcome()
            #expect(end.code == 0, "\(end)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...50))
            #expect(ledger.count { $0.key == "…0003" && $0.status == 200 } == 20)
        }
    }

    @Test(arguments: [false, true])
    func `a key in the place of one whose day is used up has its own day, unless the account has a name`(isNamed: Bool)
        async throws
    {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(5))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 40)
            func write(_ last: String) throws {
                try TextFile.write(
                    """
                    providers:
                      - base_url: \(simulator.baseURL)
                        limits: {rpd: 10, day: rolling}
                        accounts:
                          - {keys: [\(Self.first)], limits: {rpd: 1000, rpm: 300}}
                          - {\(isNamed ? "name: mine, " : "")keys: [\(last)]}

                    """, to: shell.folder.file("sluice.yaml"))
            }
            try write(Self.second)
            let process = try shell.start(Self.arguments)
            #expect(await Deadline.wait { await simulator.ledger().count { $0.key == "…0002" } == 10 })
            try write(Self.third)
            let end = await process.outcome()
            #expect(end.code == 0, "\(end)")
            #expect(end.errors.contains("2 keys may be used"), "\(end.errors)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...40))
            #expect(ledger.count { $0.key == "…0003" } == (isNamed ? 0 : 10))
        }
    }

    @Test func `a key command that hangs holds up neither the rows nor the end`() async throws {
        var options = Self.provider
        options.answersUntilExhausted = [:]
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 30)
            let path = shell.folder.file("sluice.yaml")
            try TextFile.write(Self.yaml(simulator.baseURL, Self.first), to: path)
            let process = try shell.start(Self.arguments + ["--rpm", "600"])
            #expect(await Deadline.wait { await !simulator.ledger().isEmpty })
            try TextFile.write(Self.yaml(simulator.baseURL, #""cmd:touch asked; exec sleep 65""#), to: path)
            #expect(await Deadline.wait { TextFile.exists(shell.folder.file("asked")) })
            let end = await process.outcome()
            #expect(end.code == 0, "\(end)")
            #expect(await simulator.ledger().paid == Array(1...30))
            // It did not wait until the command was given up.
            #expect(!end.errors.contains("has not ended"), "\(end.errors)")
        }
    }

    @Test func `a file of keys in the home is waited for`() async throws {
        let shell = try Shell()
        try TextFile.write(Self.first, to: shell.folder.file("oai_key.txt"))
        let end = try await shell.run("run", "missing.jsonl", "-o", "out.jsonl", "-m", "m", "--on-exhausted", "wait")
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.contains("missing.jsonl") && !end.errors.contains("--on-exhausted"), "\(end)")
    }
}
