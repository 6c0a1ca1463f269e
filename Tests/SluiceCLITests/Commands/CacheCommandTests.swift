import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(4))) struct CacheCommandTests {
    private func arguments(_ simulator: Simulator, _ output: String, _ more: String...) -> [String] {
        ["run", "in.jsonl", "-o", output, "-m", "m", "--base-url", simulator.baseURL, "--json"] + more
    }

    private func rows(_ outcome: ChildProcess.Outcome) throws -> JSON {
        try #require(try JSON.parse(Bytes(outcome.output))["rows"])
    }

    @Test func `--cache keeps answers in the user's own folder, --cache-dir elsewhere`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 20)
            #expect(try await shell.run(arguments(simulator, "a.jsonl")).code == 0)
            #expect(!TextFile.exists(shell.folder.file(".cache")))
            #expect(try await rows(shell.run(arguments(simulator, "b.jsonl", "--cache")))["answered"]?.int == 20)
            #expect(TextFile.exists(shell.folder.file(".cache/sluice/cache.db")))
            #expect(try await rows(shell.run(arguments(simulator, "c.jsonl", "--cache")))["cached"]?.int == 20)
            #expect(
                try await rows(shell.run(arguments(simulator, "d.jsonl", "--cache-dir", "x/y")))["answered"]?.int == 20)
            #expect(
                try await rows(shell.run(arguments(simulator, "e.jsonl", "--cache-dir", "x/y")))["cached"]?.int == 20)
            let text = try await shell.run("status", "e.jsonl").output
            #expect(text.contains("0 answered, 20 cached, 0 done before"), "\(text)")
        }
    }

    @Test func `the configuration switches the cache on and limits it`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 20)
            try shell.write(
                [
                    "providers: [{name: lab, base_url: '\(simulator.baseURL)'}]",
                    "cache: {enabled: true, dir: ~/answers, max_count: 5, max_size: 1GB, older_than: 30d}",
                ], to: "sluice.yaml")
            #expect(try await shell.run("run", "in.jsonl", "-o", "a.jsonl", "-m", "m").code == 0)
            let stats = try await shell.run("cache", "stats", "--json")
            #expect(try JSON.parse(Bytes(stats.output))["answers"]?.int == 5)
            #expect(TextFile.exists(shell.folder.file("answers/cache.db")))
            #expect(try await shell.run("run", "in.jsonl", "-o", "b.jsonl", "-m", "m", "--no-cache").code == 0)
            #expect(await simulator.ledger().count == 40)
            try shell.write(["cache: {max_sise: 1GB}"], to: "sluice.yaml")
            let wrong = try await shell.run("cache", "stats")
            #expect(wrong.code == 2)
            #expect(wrong.errors.contains("sluice.yaml:1: unknown name 'max_sise'"), "\(wrong.errors)")
            #expect(wrong.errors.contains("did you mean 'max_size'?"))
        }
    }

    @Test func `the cache of a configuration counts whoever says where to send, at its own place`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 3)
            try shell.write(["cache: {enabled: true, dir: answers}"], to: "sluice.yaml")
            func hits(_ command: String, _ variables: [String: String] = [:]) async throws -> Int? {
                let end = try await shell.pipe("$sluice run \(command) -m m --json", variables)
                #expect(end.code == 0, "\(end)")
                return try rows(end)["cached"]?.int
            }
            #expect(try await hits("in.jsonl -o a.jsonl --base-url \(simulator.baseURL)") == 0)
            #expect(TextFile.exists(shell.folder.file("answers/cache.db")))
            let address = ["OPENAI_BASE_URL": simulator.baseURL]
            #expect(try await hits("in.jsonl -o b.jsonl", address) == 3)
            try shell.write(["sk-of-a-file"], to: "key.txt")
            #expect(try await hits("in.jsonl -o c.jsonl --api-key-file key.txt", address) == 3)
            let stats = try await shell.run("cache", "stats", "--json")
            #expect(try JSON.parse(Bytes(stats.output))["answers"]?.int == 3, "\(stats)")

            // A file with this part alone says nothing of where to send, and is found from anywhere.
            let elsewhere = try await shell.pipe(
                "mkdir below && cd below && $sluice run ../in.jsonl -o d.jsonl -m m --json --config ../sluice.yaml"
                    + " --base-url \(simulator.baseURL) && $sluice cache stats --json --config ../sluice.yaml")
            #expect(elsewhere.code == 0, "\(elsewhere)")
            let lines = elsewhere.output.split(separator: "\n").map { try? JSON.parse(Bytes(String($0))) }
            #expect(lines.first??["rows"]?["cached"]?.int == 3, "\(elsewhere)")
            #expect(lines.last??["answers"]?.int == 3, "\(elsewhere)")
            #expect(!TextFile.exists(shell.folder.file("below/answers")))
            #expect(await simulator.ledger().count == 3)
        }
    }

    @Test func `a part of a configuration that is left aside stops nothing, and is said`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 2)
            try shell.write(["cache: {enabled: maybe}", "prices: {m: {input: 1, output: 1}}"], to: "sluice.yaml")
            let end = try await shell.run(arguments(simulator, "a.jsonl"))
            #expect(end.code == 0, "\(end)")
            #expect(end.errors.contains("warning: cache: of sluice.yaml is left aside: "), "\(end)")
            #expect(try JSON.parse(Bytes(end.output))["cost"]?["unpriced"]?.int == 0, "\(end)")
            try shell.write(["{{"], to: "sluice.yaml")
            let unread = try await shell.run(arguments(simulator, "b.jsonl"))
            #expect(unread.code == 0)
            #expect(unread.errorLines.count { $0.contains("sluice.yaml") } == 1, "\(unread)")

            let both = try await shell.pipe(
                "echo 'providers: [{name: lab, base_url: http://127.0.0.1:1}]' > lab.yaml; "
                    + "$sluice run in.jsonl -o c.jsonl -m m --config lab.yaml --base-url \(simulator.baseURL)")
            #expect(both.code == 64 && both.errors.contains("both say where to send"), "\(both)")
        }
    }

    @Test(arguments: [
        "cache: {dir: mine", "cahce: {dir: mine}", "cache: {dir: mine}\nprovider: []", "[mine]", "\"mine\"",
    ])
    func `where the configuration is broken no cache is emptied`(configuration: String) async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 3)
            for (output, folder) in [("a.jsonl", ".cache/sluice"), ("b.jsonl", "mine")] {
                let end = try await shell.run(arguments(simulator, output, "--cache-dir", folder))
                #expect(end.code == 0, "\(end)")
            }
            try shell.write([configuration], to: "sluice.yaml")
            let end = try await shell.run("cache", "clear", "--yes")
            #expect(end.code == 2, "\(end)")
            #expect(end.errors.contains("error: sluice.yaml"), "\(end)")
            try shell.write(["cache: {}"], to: "sluice.yaml")
            for folder in [".cache/sluice", "mine"] {
                let stats = try await shell.run("cache", "stats", "--json", "--cache-dir", folder)
                #expect(try JSON.parse(Bytes(stats.output))["answers"]?.int == 3, "\(stats)")
            }
        }
    }

    @Test func `a key list of another tool has no part about the cache`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 3)
            #expect(try await shell.run(arguments(simulator, "a.jsonl", "--cache")).code == 0)
            try shell.write([#"{"api_keys": ["sk-toolkit-key-0001"], "api_base": null}"#], to: "keys.json")
            let cleared = try await shell.run("cache", "clear", "--yes", "--json", "--config", "keys.json")
            #expect(cleared.output == "{\"removed\":3}\n", "\(cleared)")
        }
    }

    @Test func `the answers can be counted, listed, exported, removed and pruned`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 30)
            #expect(try await shell.run(arguments(simulator, "a.jsonl", "--cache")).code == 0)

            let stats = try JSON.parse(Bytes(try await shell.run("cache", "stats", "--json").output))
            #expect(stats["answers"]?.int == 30 && stats["requests"]?.int == 30)
            #expect(stats["models"]?.first?["model"]?.string == "m")
            #expect(stats["models"]?.first?["base_url"]?.string == simulator.baseURL)
            #expect(try await shell.run("cache", "stats").output.contains("30 answers to 30 requests"))

            let list = try await shell.run("cache", "list", "--limit", "3", "--json").output.split(separator: "\n")
            try #require(list.count == 3)
            let first = try JSON.parse(Bytes(String(list[0])))
            #expect(first["text"]?.string?.hasPrefix("Answer to item-") == true)
            #expect(try await shell.run("cache", "list", "--model", "none").output.isEmpty)

            let exported = try await shell.run("cache", "export").output.split(separator: "\n")
            #expect(exported.count == 30)
            for line in exported {
                #expect(try JSON.parse(Bytes(String(line)))["reply"]?["choices"]?.elements.count == 1)
            }

            let hash = try #require(first["hash"]?.string)
            #expect(
                try await shell.run("cache", "remove", String(hash.prefix(16)), "--json").output == "{\"removed\":1}\n")
            #expect(try await shell.run("cache", "remove", "zz").code == 64)
            #expect(try await shell.run("cache", "prune", "--max-count", "20", "--json").output == "{\"removed\":9}\n")
            #expect(try await shell.run("cache", "prune").code == 64)
            #expect(try await shell.run("cache", "clear").code == 64)
            #expect(try await shell.run("cache", "clear", "--yes", "--json").output == "{\"removed\":20}\n")
            let none = try await shell.run("cache", "stats", "--cache-dir", "nowhere")
            #expect(none.code == 2 && none.errors.contains("hint: "))
        }
    }

    @Test func `eight processes at once, killed again and again, spoil nothing`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(2))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 400)
            let rounds = Rounds.of(3)
            for round in 0..<rounds {
                try await withThrowingTaskGroup { group in
                    for user in 0..<8 {
                        let process = try shell.start(
                            arguments(simulator, "out-\(round)-\(user).jsonl", "--cache-dir", "cache", "--dedupe"))
                        group.addTask {
                            // Some are killed once they have written something, each at another place.
                            if user % 2 == 0 {
                                let output = shell.folder.file("out-\(round)-\(user).jsonl")
                                _ = await Deadline.wait { TextFile.read(output).count > 5000 * (user + round + 1) }
                                process.signal(9)
                            }
                            let end = await process.outcome()
                            #expect(end.code == 0 || user % 2 == 0 && end.code == -9, "\(end)")
                            #expect(!end.errors.contains("damaged"), "\(end.errors)")
                        }
                    }
                    try await group.waitForAll()
                }
                for user in 0..<8 {
                    // A line that a kill has torn is the resume's affair, and no answer.
                    let lines = try TextFile.lines(shell.folder.file("out-\(round)-\(user).jsonl"))
                    for line in user % 2 == 0 ? lines.dropLast() : lines[...] {
                        let row = try JSON.parse(Bytes(line))
                        let id = row["id"]?.string ?? "?"
                        #expect(row["output"]?.string?.hasPrefix("Answer to item-\(id): ") == true)
                    }
                    if user % 2 == 1 { #expect(lines.count == 400) }
                }
            }
            let stats = try await shell.run("cache", "stats", "--cache-dir", "cache", "--json")
            #expect(try JSON.parse(Bytes(stats.output))["answers"]?.int == 400)
            #expect(shell.folder.names(in: "cache").allSatisfy { !$0.contains("damaged") })
            let last = try await rows(shell.run(arguments(simulator, "last.jsonl", "--cache-dir", "cache")))
            #expect(last["cached"]?.int == 400)
        }
    }
}
