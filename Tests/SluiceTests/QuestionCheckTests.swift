import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct QuestionCheckTests {
    @Test func `another column is another question, and so it is as a template`() async throws {
        try await withSimulator { simulator in
            let rows = (1...3).map { #"{"id":\#($0),"q":"item-\#($0)","r":"item-\#($0 + 10)"}"# }
            var job = try Job(rows, at: simulator.baseURL)
            job.options.asking.textField = "q"
            #expect(try await job.run().counts.answered == 3)
            job.options.asking.textField = "r"
            #expect(try await job.run().counts.answered == 3)
            #expect(try job.answers().allSatisfy { $0["output"]?.string?.contains("item-1") == true })
            #expect(try TextFile.objects(job.state("stale.jsonl")).count == 3)
            job.options.asking.textField = nil
            job.options.asking.template = "{{r}}"
            #expect(try await job.run().counts.doneBefore == 3)
            #expect(await simulator.ledger().paid == [1, 2, 3, 11, 12, 13])
        }
    }

    @Test func `a row that names no column has the hash that it always had`() async throws {
        try await withSimulator { simulator in
            var job = try Job([#"{"id":1,"prompt":"item-1"}"#], at: simulator.baseURL)
            _ = try await job.run()
            // SHA-256 of: sluice-row-1 after its length, three absent parts as all ones, the row.
            #expect(try job.answers().first?["sluice"]?["hash"]?.string == "49f05693836a8753621090579d2090ee")
            job.options.asking.template = "{{prompt}}"
            job.options.redo = true
            _ = try await job.run()
            #expect(try job.answers().first?["sluice"]?["hash"]?.string == "86f2f976f90ca1bc703200663fa76312")
        }
    }

    @Test func `answers of another endpoint stay, and the run says so`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...2), at: simulator.baseURL)
            _ = try await job.run()
            job.options.asking.endpoint = .chat
            let same = Events()
            _ = try await job.run(onEvent: same.take)
            #expect(!same.contains("stay"))
            job.options.asking.endpoint = .embeddings
            for _ in 1...2 {
                let events = Events()
                #expect(try await job.run(onEvent: events.take).counts.doneBefore == 2)
                #expect(events.contains("the answers of the endpoint chat stay; --redo-all asks embeddings instead"))
            }
            job.options.redoAll = true
            #expect(try await job.run().counts.answered == 2)
            #expect(try job.answers().allSatisfy { $0["output"]?.kind == .array })
        }
    }

    @Test(arguments: ["template", "textField", "image"])
    func `a prompt that reads the field of the answers is refused before anything is sent or moved`(
        way: String
    ) async throws {
        try await withSimulator { simulator in
            var first = try Job(Job.prompts(1...2), at: simulator.baseURL)
            _ = try await first.run()
            let results = TextFile.read(first.output)
            first.options.input = first.output
            first.options.output = first.folder.file("judged.jsonl")
            switch way {
            case "template": first.options.asking.template = "Judge {{output}}"
            case "textField": first.options.asking.textField = "output"
            default: first.options.asking.image = "{{output}}"
            }
            let refusal = await first.refusal()
            #expect(refusal?.code == .configuration)
            #expect(refusal?.message.contains("'output'") == true)
            #expect(refusal?.hint?.contains("--into") == true)
            #expect(!TextFile.exists(first.folder.file("judged.jsonl")))
            #expect(TextFile.read(first.output) == results)
            #expect(await simulator.ledger().count == 2)
            guard way != "image" else { return }
            first.options.asking.answerField = "judgement"
            #expect(try await Run(first.options).execute().counts.answered == 2)
        }
    }

    @Test func `a bare text may be asked for and answered under the name of its column`() async throws {
        try await withSimulator { simulator in
            var job = try Job(["item-1"], at: simulator.baseURL)
            job.options.asking.template = "say {{text}}"
            job.options.asking.answerField = "text"
            #expect(try await job.run().counts.answered == 1)
            // Their own answers are another matter, also behind rows that nobody looks at before the run.
            try job.write((2...150).map { "item-\($0)" } + [#"{"text":"item-0","sluice":{}}"#])
            job.options.redo = true
            let summary = try await job.run()
            guard case .error(let error) = summary.cause else { return #expect(Bool(false), "\(summary.counts)") }
            #expect(error.message.contains("'text'"))
            #expect(await !simulator.ledger().paid.contains(0))
        }
    }

    @Test func `a line that was no row before is none as a failure either`() async throws {
        try await withSimulator { simulator in
            let broken = #"{"id":1,"text":"item-1""#
            var job = try Job([broken, "item-2", #"{"text":"item-3"}"#], at: simulator.baseURL)
            job.options.asking.template = "T: {{text}}"
            #expect(try await job.run().counts.failed == 1)
            job.options.input = job.errors
            job.options.output = job.folder.file("second.jsonl")
            for errors in [job.errors, job.folder.file("copy.jsonl")] {
                job.options.input = errors
                let again = try await Run(job.options).execute()
                #expect(again.counts.isConserved && again.counts.failed == 1)
                let written = TextFile.read(job.folder.file("second.jsonl.errors.jsonl"))
                let failure = try JSON.parse(Bytes(written))
                #expect(failure["row"]?.string == broken)
                #expect(failure["error"]?["code"]?.string == "bad_row")
                #expect(failure["error"]?["message"]?.string?.hasPrefix("not valid JSON") == true)
                // The failure of a failure is one, too.
                try TextFile.write(written, to: job.folder.file("copy.jsonl"))
            }
            job.options.isStrict = true
            #expect(await job.refusal()?.message.contains("--strict") == true)
            #expect(await simulator.ledger().paid == [2, 3])
        }
    }

    @Test func `a dialogue asks for as many answers as it says, and what else looks like a parameter is said once`()
        async throws
    {
        try await withSimulator { simulator in
            let rows = (1...3).map { number in
                #"{"messages":[{"role":"user","content":"item-\#(number)"}],"n":2,"top_k":\#(number),"note":1}"#
            }
            var job = try Job(rows, at: simulator.baseURL)
            let events = Events()
            _ = try await job.run(onEvent: events.take)
            #expect(try job.answers().map { $0["output"]?.elements.count } == [2, 2, 2])
            #expect(
                events.all.filter { $0.contains("is a column and not sent") }
                    == ["line 1: 'top_k' is a column and not sent; --param top_k=VALUE sends it with every row"])

            job.options.asking.parameters = [("top_k", try JSON.parse(Bytes("3")))]
            job.options.redoAll = true
            let given = Events()
            _ = try await job.run(onEvent: given.take)
            #expect(!given.contains("not sent"))
        }
    }
}
