import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Where the answers of several models go, and what cannot hold them.
@Suite(.timeLimit(.minutes(2))) struct ModelFilesTests {
    private func job(_ simulator: Simulator, _ rows: [String] = Job.prompts(1...5)) throws -> Job {
        var job = try Job(rows, at: simulator.baseURL)
        job.options.asking.model = nil
        job.options.asking.models = ["b", "a"]
        return job
    }

    /// The ids and models of lines, as `1a`.
    private func marks(_ lines: [JSON]) -> [String] {
        lines.map { line in
            let asked = line["asked"] ?? line["sluice"]?["asked"]
            return "\(line["id"]?.string ?? "?")\(asked?.string ?? "?")"
        }
    }

    private static let inOrder = ["1b", "1a", "2b", "2a", "3b", "3a", "4b", "4a", "5b", "5a"]

    @Test func `in the order of the input the models stand in the order in which they were named`() async throws {
        try await withSimulator { simulator in
            var job = try job(simulator)
            job.options.files.isOrdered = true
            #expect(try await job.run().exitCode == 0)
            #expect(marks(try job.answers()) == Self.inOrder)
            job.options.asking.models = ["c", "a"]
            let summary = try await job.run()
            #expect(summary.counts.doneBefore == 5 && summary.counts.answered == 5, "\(summary)")
            #expect(marks(try job.answers()).prefix(3) == ["1c", "1a", "1b"])
        }
    }

    @Test func `lines and lists without the run's facts name the model`() async throws {
        try await withSimulator { simulator in
            var job = try job(simulator)
            job.options.files.outputFormat = .jsonl
            #expect(try await job.run().exitCode == 0)
            #expect(marks(try job.answers()) == Self.inOrder)
            #expect(try job.answers().allSatisfy { $0["sluice"] == nil && $0["output"]?.string != nil })
        }
    }

    @Test func `a table has a line for each row and model`() async throws {
        try await withSimulator { simulator in
            var job = try job(simulator)
            try TextFile.write("id,text\n1,item-1\n2,item-2\n", to: job.folder.file("in.csv"))
            job.options.input = job.folder.file("in.csv")
            job.options.output = job.folder.file("out.csv")
            job.options.asking.template = "Say {{text}}"
            let summary = try await Run(job.options).execute()
            #expect(summary.exitCode == 0 && summary.counts.read == 4, "\(summary)")
            let lines = try TextFile.lines(job.folder.file("out.csv"))
            #expect(lines.first == "id,text,asked,output")
            #expect(
                lines.dropFirst().map { $0.split(separator: ",").prefix(3).joined(separator: ",") }
                    == ["1,item-1,b", "1,item-1,a", "2,item-2,b", "2,item-2,a"])
            #expect(lines.dropFirst().allSatisfy { $0.split(separator: ",", maxSplits: 3).count == 4 })
        }
    }

    @Test func `a row that failed for one model has an empty cell and its reason there`() async throws {
        var options = SimulatorOptions()
        let body = #""model":"a","messages":[{"role":"user","content":"hello item-2"#
        options.script = [FaultRule(.init(prompt: body), .error(Refusal(400, "not that", code: "content_policy")))]
        try await withSimulator(options) { simulator in
            var job = try job(simulator, Job.prompts(1...2))
            job.options.output = job.folder.file("out.csv")
            job.options.files.errorColumn = "why"
            let summary = try await Run(job.options).execute()
            #expect(summary.exitCode == 1 && summary.counts.failed == 1)
            let lines = try TextFile.lines(job.folder.file("out.csv"))
            #expect(lines.count == 5 && lines[0] == "id,prompt,asked,output,why")
            #expect(lines[4] == "2,hello item-2,a,,not that", "\(lines)")
            #expect(lines[3].hasPrefix("2,hello item-2,b,") && lines[3].hasSuffix(","), "\(lines)")
        }
    }

    @Test func `merging keeps every model's answers apart, also without a state folder`() async throws {
        try await withSimulator { simulator in
            let job = try job(simulator)
            _ = try await job.run()
            var merge = Merge([job.output])
            merge.target = job.folder.file("merged.jsonl")
            let merged = try merge.execute()
            #expect(merged.rows == 10 && merged.answered == 10 && merged.unused == 0)
            #expect(marks(try TextFile.objects(job.folder.file("merged.jsonl"))) == Self.inOrder)

            KeptFolder.remove(job.output + ".sluice")
            merge.input = job.input
            merge.target = job.folder.file("merged.csv")
            #expect(try merge.execute().answered == 10)
            let lines = try TextFile.lines(job.folder.file("merged.csv"))
            #expect(lines.count == 11 && lines[0] == "id,prompt,asked,output")
            #expect(lines[1].hasPrefix("1,hello item-1,a,") && lines[2].hasPrefix("1,hello item-1,b,"))

            merge.target = job.folder.file("merged.json")
            merge.files.outputFormat = .toolkit
            #expect(throws: SluiceError(.configuration, "")) { try merge.execute() }
        }
    }

    @Test(arguments: [Files.OutputFormat.openaiBatch, .cookbook, .toolkit, .raw])
    func `a format with one answer for each row is refused before anything is read`(format: Files.OutputFormat)
        async throws
    {
        var job = try Job([], at: "http://127.0.0.1:1/v1")
        job.options.asking.model = nil
        job.options.asking.models = ["a", "b"]
        job.options.files.outputFormat = format
        let refusal = await job.refusal()
        #expect(refusal?.code == .usage && refusal?.message.contains("--format \(format.rawValue)") == true)
        #expect(refusal?.hint?.contains("a line for each row and model") == true)
        #expect(!TextFile.exists(job.output))
    }

    @Test func `what a comparison cannot be is refused`() async throws {
        func refusal(_ change: (inout RunOptions) -> Void) async throws -> String {
            var job = try Job([Job.prompt(1)], at: "http://127.0.0.1:1/v1")
            job.options.asking.model = nil
            job.options.asking.models = ["a", "b"]
            change(&job.options)
            let refusal = await job.refusal()
            #expect(refusal?.code == .usage && !TextFile.exists(job.output + ".sluice"))
            return refusal?.message ?? ""
        }
        #expect(try await refusal { $0.asking.model = "m" } == "--models and -m cannot be used together")
        #expect(try await refusal { $0.asking.modelField = "m" }.contains("--model-field"))
        #expect(try await refusal { $0.asking.fallbacks = ["c"] }.contains("--fallback"))
        #expect(try await refusal { $0.asking.models = ["a", "b", "a"] } == "--models names a model twice")
        #expect(try await refusal { $0.asking.answerField = "asked" }.contains("'asked'"))
        #expect(try await refusal { $0.files.errorColumn = "asked" }.contains("'asked'"))
    }

    @Test func `an output of one model and one of several are not mixed`() async throws {
        try await withSimulator { simulator in
            var several = try job(simulator)
            _ = try await several.run()
            let before = TextFile.read(several.output)
            several.options.asking.models = []
            several.options.asking.model = "a"
            several.options.redo = true
            var refusal = await several.refusal()
            #expect(refusal?.message.hasSuffix("holds an answer of each of several models to a row: a,b") == true)
            #expect(TextFile.read(several.output) == before)

            var one = try job(simulator)
            one.options.asking.models = []
            one.options.asking.model = "a"
            _ = try await one.run()
            one.options.asking.models = ["a", "b"]
            one.options.asking.model = nil
            refusal = await one.refusal()
            #expect(refusal?.message.contains("from a run without --models") == true)
            #expect(try one.answers().count == 5)
            one.options.redoAll = true
            #expect(try await one.run().counts.answered == 10)
            #expect(try TextFile.lines(one.state("stale.jsonl")).count == 5)
        }
    }

    @Test func `to ask one model all again gives up nothing of the others`() async throws {
        try await withSimulator { simulator in
            var job = try job(simulator, Job.prompts(1...120))
            #expect(try await job.run().exitCode == 0)
            let before = TextFile.read(job.output)
            job.options.asking.models = ["a"]
            job.options.redoAll = true
            var other = job
            other.options.asking.answerField = "reply"
            #expect(await other.refusal()?.message.contains("are in 'output', and not in 'reply'") == true)
            // Another question: every answer of `b` would be to none of the rows any more.
            other = job
            other.options.asking.system = "Be brief."
            #expect(await other.refusal()?.message.hasPrefix("120 of the 240 answers") == true)
            #expect(TextFile.read(job.output) == before && simulator.counts().requests == 240)
            #expect(try await job.run().counts.answered == 120)
            #expect(try job.answers().count == 240)
        }
    }

    @Test func `a row with a field where the model goes stops the run`() async throws {
        try await withSimulator { simulator in
            let job = try job(simulator, [Job.prompt(1), #"{"id":"2","prompt":"item-2","asked":"me"}"#])
            let refusal = await job.refusal()
            #expect(refusal?.message.contains("the row has a field 'asked'") == true && refusal?.line == 2)
            #expect(await simulator.ledger().isEmpty)
        }
    }

    @Test func `an output of several models is an input again`() async throws {
        try await withSimulator { simulator in
            let first = try job(simulator)
            _ = try await first.run()
            var second = try Job([], at: simulator.baseURL)
            second.options.input = first.output
            second.options.files.duplicateID = .suffix
            #expect(try await second.run().counts.answered == 10)
            #expect(try second.answers().allSatisfy { $0["sluice"]?["asked"] == nil })
            #expect(try await second.run().counts.doneBefore == 10)
        }
    }
}
