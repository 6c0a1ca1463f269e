import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct RunCommandTests {
    @Test func `all rows answered is 0, with at most eight lines on standard error and none on standard output`()
        async throws
    {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 20)
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL)
            #expect(end.code == 0, "\(end)")
            #expect(end.output.isEmpty)
            #expect(end.errorLines.count <= 8, "\(end.errors)")
            #expect(
                end.errors.contains(
                    "rows: 20 read = 20 answered + 0 cached + 0 deduplicated + 0 done before + 0 failed + 0 left"))
            #expect(try shell.ids() == Array(1...20))
            #expect(await simulator.ledger().paid == Array(1...20))
        }
    }

    @Test func `failed rows are 1, and the summary says where they are and what to do`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write([Shell.prompt(1), "{bad", Shell.prompt(3)], to: "in.jsonl")
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL)
            #expect(end.code == 1, "\(end)")
            #expect(end.errorLines.count <= 9, "\(end.errors)")  // the notice of the bad line, then the summary
            #expect(end.errors.contains("failures in "))
            #expect(end.errors.contains("hint: "))
            #expect(try shell.objects("out.jsonl.errors.jsonl").map { $0["line"]?.int } == [2])
        }
    }

    @Test func `a request that hangs at the end is sent once more with --hedge, and the summary says so`() async throws
    {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(5))
        options.script = [FaultRule(.init(prompt: "item-200", nth: 1...1), .stall(.before, nil))]
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 200)
            let run = ["run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "-c", "4"]
            let wrong = try await shell.run(run + ["--hedge", "95"])
            #expect(wrong.code == 64 && wrong.errors.contains("'95' is no quantile"), "\(wrong)")
            let end = try await shell.run(run + ["--hedge", "p95", "--json"])
            #expect(end.code == 0, "\(end)")
            #expect(end.errors.contains(" hedged ("))
            let requests = try #require(try JSON.parse(Bytes(end.output))["requests"])
            let manifest = try #require(try shell.objects("out.jsonl.sluice/run.json").first?["requests"])
            for counted in [requests, manifest] {
                let hedged = counted["hedged"]?.int ?? 0
                #expect(hedged >= 1 && hedged <= 4 && (counted["hedges_won"]?.int ?? 0) >= 1)
                #expect((counted["possibly_paid_twice"]?.int ?? 0) >= 1)
            }
            // The request that was broken off is entered when the provider notices.
            #expect(await Deadline.wait { simulator.counts().inFlight == 0 })
            #expect(await simulator.ledger().count { $0.item == 200 } == 2)
        }
    }

    @Test func `what cannot run is 2, with a line that says why and a hint`() async throws {
        let shell = try Shell(rows: 3)
        let address = "http://127.0.0.1:\(ClosedPort.find())/v1"
        let unreachable = try await shell.run(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", address, "--wait-ready", "100ms")
        #expect(unreachable.code == 2, "\(unreachable)")
        #expect(unreachable.errors.contains("error: the provider does not answer"))
        #expect(unreachable.errors.contains("hint: is the server running"))
        let missing = try await shell.run("run", "none.jsonl", "-o", "o.jsonl", "-m", "m", "--base-url", address)
        #expect(missing.code == 2, "\(missing)")
        #expect(missing.errors.contains("none.jsonl"))
        let keyless = try await shell.run("run", "in.jsonl", "-o", "o.jsonl", "-m", "m")
        #expect(keyless.code == 2, "\(keyless)")
        #expect(keyless.errors.contains("error: no key\nhint: export OPENAI_API_KEY"))
    }

    @Test func `with -q an end that is none of success is one line and a hint`() async throws {
        var options = SimulatorOptions()
        options.invalidKeys = ["sk-invalid-key"]
        try await withSimulator(options) { simulator in
            var shell = try Shell(rows: 3)
            let arguments = [
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "gpt-4o-mini", "-q", "--base-url", simulator.baseURL,
            ]
            shell.environment["OPENAI_API_KEY"] = "sk-invalid-key"
            let invalid = try await shell.run(arguments)
            #expect(invalid.code == 2 && invalid.errorLines.count == 2, "\(invalid)")
            #expect(
                invalid.errors.hasPrefix("error: no key is left: 0 answered, 0 failed, 3 left\nhint: "), "\(invalid)")
            shell.environment["OPENAI_API_KEY"] = nil
            let dear = try await shell.run(arguments + ["--max-cost", "0.000001", "--max-tokens", "50"])
            #expect(dear.code == 4 && dear.errorLines.count == 2, "\(dear)")
            #expect(
                dear.errors.hasPrefix("error: the budget is reached: 0 answered, 0 failed, 3 left\nhint: "), "\(dear)")
            let well = try await shell.run(arguments)
            #expect(well.code == 0 && well.errors.isEmpty && well.output.isEmpty, "\(well)")
            try shell.write([Shell.prompt(1), "{bad"], to: "in.jsonl")
            let failed = try await shell.run(arguments)
            #expect(failed.code == 1 && failed.errorLines.count == 2, "\(failed)")
            #expect(
                failed.errors.hasPrefix("error: rows failed: 0 answered, 1 failed, 0 left; 1 × bad_row: "), "\(failed)")
        }
    }

    @Test func `--strict sends no row of a pipe`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write([Shell.prompt(1), "{bad"], to: "in.jsonl")
            let end = try await shell.pipe(
                "cat in.jsonl | \"$sluice\" run - -o - -m m --strict --base-url $url", ["url": simulator.baseURL])
            #expect(end.code == 64 && end.errors.contains("hint: save the rows to a file first"), "\(end)")
            #expect(await simulator.ledger().isEmpty)
        }
    }

    @Test func `keys used up on the way are 3`() async throws {
        var options = SimulatorOptions()
        options.answersUntilExhausted = ["sk-few-answers": 5]
        try await withSimulator(options) { simulator in
            var shell = try Shell(rows: 20)
            shell.environment["OPENAI_API_KEY"] = "sk-few-answers"
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "-c", "2")
            #expect(end.code == 3, "\(end)")
            #expect(end.errors.contains("5 answered, 0 failed, 15 left"))
            #expect(end.errors.contains("hint: no key is left"))
            #expect(try shell.ids() == (await simulator.ledger().paid))
        }
    }

    @Test func `an output in use is 5, and the holder is named`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 3)
            let first = try shell.start(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL)
            #expect(await Deadline.wait { simulator.counts().inFlight == 3 })
            let second = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL)
            #expect(second.code == 5, "\(second)")
            #expect(second.errors.contains("process \(first.id)"))
            #expect(simulator.counts().requests == 3)
            first.signal(9)
            #expect(await first.outcome().code == -9)
        }
    }

    @Test(arguments: [
        (["run", "in.jsonl", "-o", "o", "-c", "0"], "'0'"),
        (["run", "in.jsonl", "-o", "o", "-c", "x"], "'x'"),
        (["run", "in.jsonl", "-o", "o", "--rpm", "0"], "'0'"),
        (["run", "in.jsonl", "-o", "o", "--timeout", "soon"], "'soon'"),
        (["run", "in.jsonl", "-o", "o", "--into", "sluice"], "--into"),
        (["run", "in.jsonl", "-o", "o", "--rmp", "60"], "hint: did you mean '--rpm'?"),
        (["run", "in.jsonl", "-o"], "hint: see 'sluice run --help'"), (["--nothing"], "hint: see 'sluice --help'"),
        (["run", "in.jsonl"], "-o"),
        (["run"], "no input"),
        (["rnu", "in.jsonl"], "hint: did you mean 'sluice run'?"),
        (["run", "in.jsonl", "-o", "-", "--json", "-m", "m", "--base-url", "http://127.0.0.1:1"], "hint: "),
    ])
    func `a wrong command line is 64 and says what is wrong`(arguments: [String], text: String) async throws {
        let shell = try Shell(rows: 1)
        let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
        let end = try await shell.pipe("\"$sluice\" " + quoted)
        #expect(end.code == 64, "\(end)")
        #expect(end.errors.contains(text), "\(end.errors)")
        #expect(end.errorLines.count == 2 && end.errorLines[0].hasPrefix("error: "), "\(end.errors)")
        #expect(end.errorLines.last?.hasPrefix("hint: ") == true, "\(end.errors)")
        #expect(end.output.isEmpty)
    }

    @Test func `as a filter it gives one line of data for each row`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 50)
            let end = try await shell.pipe(
                "cat in.jsonl | \"$sluice\" run - -o - -m m --base-url $url", ["url": simulator.baseURL])
            #expect(end.code == 0, "\(end.errors)")
            let answers = try end.output.split(separator: "\n").map { try JSON.parse(Bytes(String($0))) }
            #expect(answers.compactMap { $0["id"]?.string.flatMap { Int($0) } }.sorted() == Array(1...50))
            #expect(answers.allSatisfy { $0["output"]?.string?.hasPrefix("Answer to item-") == true })
            #expect(await simulator.ledger().paid == Array(1...50))
            #expect(!shell.folder.files.contains { $0.contains(".sluice") })
        }
    }

    @Test func `a filter says on standard error what failed, duplicates among them`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write([Shell.prompt(1), "{bad", Shell.prompt(1)], to: "in.jsonl")
            let end = try await shell.pipe(
                "cat in.jsonl | \"$sluice\" run - -o - -m m -c 1 --base-url $url", ["url": simulator.baseURL])
            #expect(end.code == 1, "\(end)")
            #expect(end.output.split(separator: "\n").count == 1)
            #expect(end.errors.contains("line 2 failed"))
            #expect(end.errors.contains("line 3 failed"))
            #expect(await simulator.ledger().paid == [1])
        }
    }

    @Test func `a filter whose reader has gone stops sending`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(10))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 3000)
            let end = try await shell.pipe(
                "\"$sluice\" run in.jsonl -o - -m m -c 4 --base-url $url | head -n 1", ["url": simulator.baseURL])
            #expect(end.output.split(separator: "\n").count == 1, "\(end)")
            #expect(simulator.counts().requests < 3000)
        }
    }

    @Test func `the summary as JSON is all there is on standard output, and its rows add up`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write([Shell.prompt(1), "{bad", Shell.prompt(3), Shell.prompt(4)], to: "in.jsonl")
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "--json", "-n", "2",
                "-c", "1")
            #expect(end.code == 1, "\(end)")
            let json = try JSON.parse(Bytes(end.output))
            #expect(json["exit"]?.int == 1)
            #expect(json["stopped"]?.isNull == true)
            let rows = try #require(json["rows"])
            #expect(rows["read"]?.int == 4)
            #expect(rows["answered"]?.int == 2)
            #expect(rows["failed"]?.int == 1)
            #expect(rows["left"]?.int == 1)
            let parts = ["answered", "cached", "deduplicated", "done_before", "failed", "left"]
            #expect(parts.compactMap { rows[$0]?.int }.reduce(0, +) == 4)
            #expect(json["requests"]?["sent"]?.int == 2)
            #expect(json["failures"]?.first?["count"]?.int == 1)
            #expect(json["output"]?.string == "out.jsonl")
        }
    }

    @Test func `quiet says nothing when all is well`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 5)
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "-q")
            #expect(end.code == 0)
            #expect(end.errors.isEmpty)
            #expect(end.output.isEmpty)
        }
    }

    @Test func `a dry run shows the body and sends nothing`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write([#"{"text":"a \"b\"","n":1}"#], to: "in.jsonl")
            try TextFile.write("Say {{text}}.", to: shell.folder.file("prompt.txt"))
            let end = try await shell.run(
                "run", "in.jsonl", "-m", "m", "--prompt", "@prompt.txt", "--temperature", "0.5", "--max-tokens", "9",
                "--param", "top_k=5", "--base-url", simulator.baseURL, "--dry-run")
            #expect(end.code == 0, "\(end)")
            #expect(
                end.output == #"{"model":"m","messages":[{"role":"user","content":"Say a \"b\"."}],"#
                    + #""temperature":0.5,"max_tokens":9,"top_k":5}"# + "\n")
            #expect(end.errors.contains("POST \(simulator.baseURL)/chat/completions"))
            #expect(end.errors.contains("nothing was sent"))
            #expect(simulator.counts().requests == 0)
            #expect(!TextFile.exists(shell.folder.file("out.jsonl")))
        }
    }

    @Test func `a placeholder that names no column is 2 with the nearest name`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write([#"{"text":"x"}"#], to: "in.jsonl")
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--prompt", "{{txt}}", "--base-url", simulator.baseURL)
            #expect(end.code == 2, "\(end)")
            #expect(end.errors.contains("hint: did you mean {{text}}?"))
            #expect(simulator.counts().requests == 0)
        }
    }

    @Test func `the version is data`() async throws {
        let end = try await Shell().run("--version")
        #expect(end.code == 0)
        #expect(end.output.hasPrefix("sluice "))
    }
}
