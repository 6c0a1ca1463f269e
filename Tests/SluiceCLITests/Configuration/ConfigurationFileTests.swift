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
        options.latency = .fixed(.milliseconds(100))
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

    @Test(arguments: ["keys: [sk-secret-0001", "keys: sk-secret-0001: b", "keys: a\n  keys: 'sk-secret-0001"])
    func `a file that is no yaml is said with its line, and nothing of it is shown`(text: String) async throws {
        let shell = try Shell(rows: 1)
        try TextFile.write("providers:\n  \(text)\n", to: shell.folder.file("sluice.yaml"))
        let end = try await run(shell)
        #expect(end.code == 2)
        #expect(end.errors.contains("sluice.yaml:") && end.errors.contains(": not valid yaml: "), "\(end.errors)")
        #expect(!end.errors.contains("secret"), "\(end.errors)")
    }

    @Test func `a key can come from a command, whose failure is named with its line`() async throws {
        var options = SimulatorOptions()
        options.keys = ["sk-command-key-0001"]
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 3)
            func write(_ command: String) throws {
                try TextFile.write(
                    "providers:\n  - base_url: \(simulator.baseURL)\n    accounts:\n      - keys: [\"cmd:\(command)\"]\n",
                    to: shell.folder.file("sluice.yaml"))
            }
            try write("echo sk-command-key-0001")
            #expect(try await run(shell).code == 0)
            try write("exit 7")
            let failed = try await run(shell)
            #expect(failed.code == 2)
            #expect(failed.errors.contains("sluice.yaml:4: the command for a key failed (7)"), "\(failed.errors)")
            try write("kill -9 $$")
            #expect(try await run(shell).errors.contains("the command for a key was ended by signal 9"))
            try write("head -c 2000000 /dev/zero")
            #expect(try await run(shell).errors.contains("the command for a key prints more than 1 MiB"))
            try write("printf '\\\\377'")
            #expect(try await run(shell).errors.contains("the command for a key prints no text"))
            try write("true")
            #expect(try await run(shell).errors.contains("there is no key in what the command"))
        }
    }

    @Test(arguments: [
        ("accounts: [{keys: [k], limit: {}}]", "did you mean 'limits'?"),
        ("accounts: [{nam: x}]", "did you mean 'name'?"), ("limits: {spend: nothing}", "$5/day"),
        ("limits: {day: pacfic}", "did you mean 'pacific'?"),
        ("limits: {models: {m: {rpmm: 1}}}", "did you mean 'rpm'?"),
        ("concurrency: none", "number of at least 1"), ("limits: {window: bukket}", "did you mean 'bucket'?"),
    ])
    func `every level of the file names what it does not know`(line: String, hint: String) async throws {
        let shell = try Shell(rows: 1)
        try TextFile.write(
            "providers:\n  - base_url: http://127.0.0.1:1\n    \(line)\n", to: shell.folder.file("sluice.yaml"))
        let end = try await run(shell)
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.contains("sluice.yaml:3: "), "\(end.errors)")
        #expect(end.errors.contains(hint), "\(end.errors)")
    }

    @Test func `the concurrency of a server can be left to be found, in the file and by -c auto`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 40)
            try TextFile.write(
                "providers:\n  - base_url: \(simulator.baseURL)\n    concurrency: auto\n",
                to: shell.folder.file("sluice.yaml"))
            let end = try await run(shell)
            #expect(end.code == 0, "\(end)")
            #expect(end.errors.contains("; concurrency 8 (auto)"), "\(end.errors)")
            let manifest = try shell.objects("out.jsonl.sluice/run.json")[0]
            #expect(manifest["accounts"]?.elements.first?["limits"]?["concurrency"]?.string == "auto")
            #expect(manifest["found_concurrency"]?.int == 8)
            let status = try await shell.run("status", "out.jsonl")
            #expect(status.output.contains("concurrency: 8 (auto)"), "\(status)")

            let flag = try await shell.run(
                "run", "in.jsonl", "-o", "other.jsonl", "-m", "m", "--base-url", simulator.baseURL, "-c", "auto")
            #expect(flag.code == 0, "\(flag)")
            #expect(flag.errors.contains("; concurrency 8 (auto)"), "\(flag.errors)")
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
        (
            "providers:\n  - base_url: http://127.0.0.1:1\n    limits: {rpm: 5,\n      wndow: fixed}\n", 4,
            "did you mean 'window'?"
        ),
        (
            "providers:\n  - base_url: http://127.0.0.1:1\n    limits: {charge: reserve}\n", 3,
            "did you mean 'reserved'?"
        ),
        ("providers:\n  - base_url: http://127.0.0.1:1\n    limits: {quantum: 2m}\n", 3, "shorter than a minute"),
        (
            "providers:\n  - base_url: http://127.0.0.1:1\n    limits:\n      models:\n        m: {rpm: 0}\n", 5,
            "at least 1"
        ),
        (
            "providers:\n  - name: lab\n    base_url: http://127.0.0.1:1\nmodels:\n  fast: [lba/m]\n", 5,
            "did you mean 'lab'?"
        ),
        ("providers:\n  - name: lab\n    base_url: http://127.0.0.1:1\nmodels:\n  fast: [m]\n", 5, "PROVIDER/MODEL"),
        ("providers:\n  - name: nowhere\n", 2, "no base_url"),
        ("providers:\n  - base_url: http://127.0.0.1:1\n    accounts:\n      - keys: [env:NOT_SET]\n", 4, "NOT_SET"),
        ("providers:\n  - name: lab\n    base_url: \"ht tp://x\"\n", 3, "write it like https://"),
        ("providers:\n  - base_url: https://me:sk-pass@x/v1\n", 2, "credentials in it"),
        (
            "providers:\n  - base_url: http://127.0.0.1:1\n    accounts:\n      - {name: a, keys: [one]}\n"
                + "      - {name: a, keys: [two]}\n", 5, "a second account 'a'"
        ),
        (
            "providers:\n  - base_url: http://127.0.0.1:1\n    accounts:\n      - {name: a, keys: [sk-twice]}\n"
                + "      - {name: b, keys: [sk-once, sk-twice]}\n", 5, "a key of account 'a' again"
        ),
        (
            "providers:\n  - base_url: http://127.0.0.1:1\n    accounts: [{keys: [env:OPENAI_API_KEY]}]\n"
                + "  - base_url: http://127.0.0.1:1/\n    accounts:\n      - keys: [env:OPENAI_API_KEY]\n", 6,
            "would count twice"
        ),
    ])
    func `a mistake is named with its line`(text: String, line: Int, message: String) async throws {
        var shell = try Shell(rows: 1)
        shell.environment["OPENAI_API_KEY"] = "sk-from-outside"
        try TextFile.write(text, to: shell.folder.file("sluice.yaml"))
        let end = try await run(shell)
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.contains("sluice.yaml:\(line): "), "\(end.errors)")
        #expect(end.errors.contains(message), "\(end.errors)")
        #expect(!end.errors.contains("sk-"), "\(end.errors)")
    }

    @Test func `a key may be in two accounts that are at other addresses or have other models`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 6)
            try TextFile.write(
                """
                providers:
                  - name: first
                    base_url: \(simulator.baseURL)
                    accounts:
                      - {keys: [sk-the-same-0001], models: [m]}
                      - {keys: [sk-the-same-0001], models: [other]}
                  - name: second
                    base_url: http://127.0.0.1:1/v1
                    accounts:
                      - {keys: [sk-the-same-0001], models: [third]}
                """, to: shell.folder.file("sluice.yaml"))
            let end = try await run(shell)
            #expect(end.code == 0, "\(end)")
            #expect(await simulator.ledger().paid == Array(1...6))
        }
    }

    @Test(arguments: [("gpt-5-mnii", true), ("gpt-5-nano", false), ("llama-9", false)])
    func `limits of a model whose name is misspelt are said to be nobody's`(name: String, isSaid: Bool) async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 1)
            try TextFile.write(
                "providers:\n  - base_url: \(simulator.baseURL)\n    limits: {models: {\(name): {rpm: 5}}}\n",
                to: shell.folder.file("sluice.yaml"))
            let end = try await shell.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "gpt-5-mini")
            #expect(end.code == 0, "\(end)")
            #expect(end.errors.contains("did you mean 'gpt-5-mini'?") == isSaid, "\(end.errors)")
            #expect(end.errors.contains(name) == isSaid, "\(end.errors)")
        }
    }

    @Test(arguments: ["", "providers: []", "providers: [", "- 1"])
    func `a file that says nothing is no configuration`(text: String) async throws {
        let shell = try Shell(rows: 1)
        try TextFile.write(text, to: shell.folder.file("sluice.yaml"))
        let end = try await run(shell)
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.hasPrefix("error: sluice.yaml"), "\(end.errors)")
    }

    @Test func `every limit of the file holds, also for single models`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 12)
            try TextFile.write(
                """
                providers:
                  - name: local
                    base_url: \(simulator.baseURL)
                    limits:
                      {rpm: 60k, itpm: 10M, otpm: 10M, tpd: 1G, rpd: 100k, window: sliding, charge: reserved,
                       day: pacific, models: {m: {interval: 50ms}}}
                """, to: shell.folder.file("sluice.yaml"))
            let end = try await run(shell)
            #expect(end.code == 0, "\(end)")
            let times = await simulator.ledger().map(\.time.nanoseconds).sorted()
            #expect(times.count == 12)
            #expect(Double((times.last ?? 0) - (times.first ?? 0)) >= 0.5e9)
        }
    }

    @Test func `one name stands for models of several providers`() async throws {
        try await withSimulator { first in
            try await withSimulator { second in
                let shell = try Shell(rows: 20)
                try TextFile.write(
                    """
                    providers:
                      - {name: one, base_url: "\(first.baseURL)", limits: {rps: 100}}
                      - {name: two, base_url: "\(second.baseURL)", limits: {rps: 100}}
                      - {name: other, base_url: "http://127.0.0.1:1"}
                    models:
                      m: [one/large, two/small]
                    """, to: shell.folder.file("sluice.yaml"))
                let end = try await run(shell)
                #expect(end.code == 0, "\(end)")
                let large = await first.ledger().paid
                let small = await second.ledger().paid
                #expect((large + small).sorted() == Array(1...20))
                #expect(!large.isEmpty && !small.isEmpty)
                let output = String(decoding: TextFile.read(shell.folder.file("out.jsonl")), as: UTF8.self)
                #expect(output.contains(#""model":"large""#) && output.contains(#""model":"small""#))
            }
        }
    }
}
