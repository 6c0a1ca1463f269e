import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// `--models`.
@Suite(.timeLimit(.minutes(3))) struct RunModelsTests {
    /// The answers in `out.jsonl` by the model that was asked, in order; an id twice shows.
    private func answers(_ shell: Shell) throws -> [String: [Int]] {
        Dictionary(grouping: try shell.objects("out.jsonl")) { $0["sluice"]?["asked"]?.string ?? "none" }
            .mapValues { $0.compactMap { $0["id"]?.string.flatMap { Int($0) } }.sorted() }
    }

    @Test func `every row is asked of every model, and the summary tells them apart`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 20)
            let arguments = [
                "run", "in.jsonl", "-o", "out.jsonl", "--models", "gpt-4o,gpt-4o-mini", "--base-url",
                simulator.baseURL,
            ]
            let end = try await shell.run(arguments)
            #expect(end.code == 0, "\(end)")
            #expect(end.errorLines.count <= 8, "\(end.errors)")
            #expect(end.errors.contains("rows: 40 read = 40 answered"), "\(end.errors)")
            #expect(end.errors.contains("models: gpt-4o 20 answered, $0.0"), "\(end.errors)")
            #expect(end.errors.contains("; gpt-4o-mini 20 answered, $0.0"), "\(end.errors)")
            #expect(try answers(shell) == ["gpt-4o": Array(1...20), "gpt-4o-mini": Array(1...20)])
            let more = try await shell.run(
                arguments.map { $0.replacing("gpt-4o,gpt-4o-mini", with: "o3,gpt-4o") } + ["--json"])
            let json = try JSON.parse(Bytes(more.output))
            #expect(json["rows"]?["answered"]?.int == 20 && json["rows"]?["done_before"]?.int == 20, "\(more)")
            #expect(json["models"]?.elements.map { $0["model"]?.string } == ["o3", "gpt-4o"])
            #expect(json["models"]?.elements.map { $0["answered"]?.int } == [20, 0])
            #expect(await simulator.ledger().count == 60)
            let status = try await shell.run("status", "out.jsonl")
            #expect(status.output.contains("o3: 20 answered, 0 failed"), "\(status)")
        }
    }

    @Test func `killed again and again, every model has every row once`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(150))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 1000)
            let (slots, kills) = (16, 3)
            func start(_ slots: Int) throws -> ChildProcess {
                try shell.start(
                    "run", "in.jsonl", "-o", "out.jsonl", "--models", "a,b", "-c", "\(slots)", "--base-url",
                    simulator.baseURL)
            }
            for _ in 1...kills {
                let before = simulator.counts().answered
                let process = try start(slots)
                #expect(await Deadline.wait { simulator.counts().answered >= before + 70 })
                process.signal(9)
                #expect(await process.outcome().code == -9)
            }
            #expect(await Deadline.wait { simulator.counts().inFlight == 0 })
            let end = try await start(400).outcome()
            #expect(end.code == 0, "\(end)")
            #expect(try answers(shell) == ["a": Array(1...1000), "b": Array(1...1000)])
            let paid = await simulator.ledger().paid.count
            #expect(paid >= 2000 && paid - 2000 <= kills * slots)
        }
    }

    @Test func `rows from a pipe, with an id that comes again`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write([1, 2, 1].map(Shell.prompt), to: "in.jsonl")
            let end = try await shell.pipe(
                "cat in.jsonl | $sluice run - -o out.jsonl --models a,b -c 1 --base-url \(simulator.baseURL)")
            #expect(end.code == 1, "\(end)")
            #expect(try answers(shell) == ["a": [1, 2], "b": [1, 2]])
            let failures = try shell.objects("out.jsonl.errors.jsonl")
            #expect(failures.compactMap { $0["asked"]?.string }.sorted() == ["a", "b"])
            #expect(failures.allSatisfy { $0["error"]?["code"]?.string == "duplicate_id" })
        }
    }

    @Test func `standard output gets a line for each row and model`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 3)
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "-", "--models", "a,b", "--quiet", "--base-url", simulator.baseURL)
            #expect(end.code == 0 && end.output.split(separator: "\n").count == 6, "\(end)")
        }
    }

    @Test func `an estimate and a dry run say what each model would take`() async throws {
        let shell = try Shell(rows: 20)
        let asked = ["in.jsonl", "--models", "gpt-4o,gpt-4o-mini", "--base-url", "http://127.0.0.1:1/v1"]
        let estimate = try await shell.run(["estimate"] + asked)
        #expect(estimate.code == 0 && estimate.output.contains("0 done, 40 to do"), "\(estimate)")
        #expect(estimate.output.contains("models: gpt-4o 20 rows, "), "\(estimate)")
        let json = try JSON.parse(Bytes(try await shell.run(["estimate"] + asked + ["--json"]).output))
        let costs = json["models"]?.elements.compactMap { $0["cost"]?.double } ?? []
        #expect(costs.count == 2 && costs[0] > costs[1] && costs[1] > 0, "\(costs)")
        let dry = try await shell.run(["run"] + asked + ["--dry-run"])
        #expect(dry.code == 0 && dry.output.contains(#""model":"gpt-4o""#), "\(dry)")
    }

    @Test(arguments: [
        (["-m", "a"], "--models and -m cannot be used together"),
        (["--fallback", "c"], "--models and --fallback cannot be used together"),
        (["--format", "toolkit"], "--models cannot be used with --format toolkit"),
    ])
    func `flags that contradict it are refused with a hint`(flags: [String], message: String) async throws {
        let shell = try Shell(rows: 1)
        let end = try await shell.run(
            ["run", "in.jsonl", "-o", "out.jsonl", "--models", "a,b", "--base-url", "http://127.0.0.1:1/v1"] + flags)
        #expect(end.code == 64 && end.errors.contains(message) && end.errors.contains("hint:"), "\(end)")
    }
}
