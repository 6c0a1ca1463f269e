import Glibc
import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct FilesTests {
    /// A job from a table to a table.
    private func tableJob(_ table: String, at base: String) throws -> Job {
        var job = try Job([], at: base)
        job.options.input = job.folder.file("in.csv")
        job.options.output = job.folder.file("out.csv")
        job.options.asking.template = "about {{text}}"
        job.options.asking.answerField = "answer"
        try TextFile.write(table, to: job.folder.file("in.csv"))
        return job
    }

    private func text(_ path: String) -> String { String(decoding: TextFile.read(path), as: UTF8.self) }

    /// Runs with other paths than the job's own helpers look at.
    private func run(_ job: Job, onEvent: @escaping @Sendable (RunEvent) -> Void = { _ in }) async throws -> RunSummary
    {
        let summary = try await Run(job.options, onEvent: onEvent).execute()
        #expect(summary.counts.isConserved)
        return summary
    }

    @Test func `a table is answered, continued and never asked twice`() async throws {
        try await withSimulator { simulator in
            var job = try tableJob("text,n\nitem-1,a\n\"item-2, x\",b\nitem-3,c\n", at: simulator.baseURL)
            let output = job.folder.file("out.csv")
            job.options.rowLimit = 2
            let events = Events()
            #expect(try await run(job, onEvent: events.take).counts.answered == 2)
            let half = text(output)
            #expect(half.hasPrefix("text,n,answer\nitem-1,a,\"Answer"))
            #expect(half.hasSuffix("\nitem-3,c,\n"))
            #expect(events.contains("1 of 3 rows have no answer yet"))
            job.options.rowLimit = nil
            #expect(try await run(job).counts.doneBefore == 2)
            #expect(text(output).hasPrefix(half.dropLast("item-3,c,\n".count)))
            #expect(!text(output).hasSuffix(",\n"))
            #expect(await simulator.ledger().paid == [1, 2, 3])
            #expect(TextFile.exists(output + ".sluice/replaced-1") == false)
        }
    }

    @Test func `an output that others have changed is set aside, not overwritten`() async throws {
        try await withSimulator { simulator in
            let job = try tableJob("text\nitem-1\n", at: simulator.baseURL)
            let output = job.folder.file("out.csv")
            _ = try await run(job)
            let whole = text(output)
            try TextFile.write(whole + "by hand\n", to: output)
            _ = try await run(job)
            #expect(text(output) == whole)
            #expect(text(output + ".sluice/replaced-1") == whole + "by hand\n")
        }
    }

    @Test func `an output of another form, or of somebody else, is refused`() async throws {
        try await withSimulator { simulator in
            var job = try tableJob("text\nitem-1\n", at: simulator.baseURL)
            let output = job.folder.file("out.csv")
            try TextFile.write("text,answer\nitem-9,theirs\n", to: output)
            #expect(await job.refusal()?.code == .configuration)
            #expect(text(output) == "text,answer\nitem-9,theirs\n")
            #expect(!TextFile.exists(output + ".sluice"))
            unlink(output)
            _ = try await run(job)
            job.options.files.outputFormat = .rows
            #expect(await job.refusal()?.hint?.contains("--format") == true)
            job.options.output = nil
            job.options.files.outputFormat = .csv
            #expect(await job.refusal()?.code == .usage)
        }
    }

    @Test func `the cookbook's shape holds what was sent and what came back`() async throws {
        try await withSimulator { simulator in
            let body = #"{"model":"m","messages":[{"role":"user","content":"item-1"}],"metadata":{"k":[1e400,null]}}"#
            var job = try Job([body, #"{"prompt":"item-2"}"#, "{bad"], at: simulator.baseURL)
            job.options.files.outputFormat = .cookbook
            let summary = try await job.run()
            #expect(summary.counts.failed == 1)
            let lines = try TextFile.lines(job.output).map { try JSON.parse(Bytes($0)) }
            #expect(lines.map { $0.elements.count } == [3, 2])
            #expect(lines[0].elements[2].raw.text == #"{"k":[1e400,null]}"#)
            #expect(lines[0].elements[0]["metadata"] == nil)
            #expect(lines[1].elements[0]["messages"]?.first?["content"]?.string == "item-2")
            #expect(lines.allSatisfy { $0.elements[1]["choices"]?.first?["message"]?["content"]?.string != nil })
            #expect(try await job.run().counts.doneBefore == 2)
            #expect(await simulator.ledger().paid == [1, 2])
        }
    }

    @Test func `a folder of files becomes a folder of answers`() async throws {
        try await withSimulator { simulator in
            var job = try Job([], at: simulator.baseURL)
            let input = job.folder.file("texts")
            mkdir(input, 0o700)
            mkdir(input + "/more", 0o700)
            try TextFile.write("item-1\n", to: input + "/a.txt")
            try TextFile.write(#"{"prompt":"item-2","keep":1.0}"#, to: input + "/more/b.json")
            job.options.input = input
            job.options.output = job.folder.file("answers")
            job.options.files.areFolders = true
            #expect(try await run(job).counts.answered == 2)
            #expect(text(job.folder.file("answers/a.txt")).hasPrefix("Answer to item-1"))
            let object = try JSON.parse(Bytes(TextFile.read(job.folder.file("answers/more/b.json"))))
            #expect(object["keep"]?.raw.text == "1.0")
            #expect(object["output"]?.string?.contains("item-2") == true)
            try TextFile.write("item-3", to: input + "/c.txt")
            #expect(try await run(job).counts.doneBefore == 2)
            #expect(job.folder.names(in: "answers") == ["a.txt", "c.txt", "more"])
            #expect(await simulator.ledger().paid == [1, 2, 3])
        }
    }

    @Test func `an input without rows is said, and lines that end with carriage returns alone are refused`()
        async throws
    {
        try await withSimulator { simulator in
            let job = try tableJob("text,n\n", at: simulator.baseURL)
            let events = Events()
            #expect(try await run(job, onEvent: events.take).counts.read == 0)
            #expect(events.contains("the input has no rows"))
            try TextFile.write("text,n\ritem-1,a\r", to: job.folder.file("in.csv"))
            let refusal = await job.refusal()
            #expect(refusal?.message.contains("carriage returns") == true)
            #expect(refusal?.hint?.contains("tr '\\r' '\\n'") == true)
            try TextFile.write("\"te\rxt\",n\r\nitem-1,a\r\n", to: job.folder.file("in.csv"))
            var quoted = job
            quoted.options.asking.template = "about {{te\rxt}}"
            #expect(try await run(quoted).counts.answered == 1)
        }
    }

    @Test func `an output goes on as it was begun: the same part, the same field of a table`() async throws {
        try await withSimulator { simulator in
            var job = try Job((1...40).map { Job.prompt($0) }, at: simulator.baseURL)
            job.options.files.shard = (0, 2)
            let first = try await job.run().counts.answered
            job.options.files.shard = (1, 2)
            #expect(await job.refusal()?.message.contains("holds part 0 of 2") == true)
            job.options.files.shard = nil
            let whole = try await job.run().counts
            #expect(whole.doneBefore == first && whole.answered == 40 - first)
            #expect(await simulator.ledger().paid == Array(1...40))

            job.options.output = job.folder.file("out.csv")
            #expect(try await job.run().counts.answered == 40)
            job.options.asking.answerField = "answer"
            #expect(await job.refusal()?.message.contains("are in 'output'") == true)
            #expect(await simulator.ledger().count == 80)
        }
    }

    @Test func `rows that were done before are not left, whether a run comes to them or not`() async throws {
        try await withSimulator { simulator in
            var job = try Job((1...10).map { Job.prompt($0) }, at: simulator.baseURL)
            job.options.rowLimit = 5
            #expect(try await job.run().counts.answered == 5)
            try job.write(([0] + (1...10)).map { Job.prompt($0) })
            job.options.rowLimit = 1
            let counts = try await job.run().counts
            #expect(counts.isConserved && counts.answered == 1 && counts.doneBefore == 5 && counts.left == 5)
        }
    }

    @Test func `answers that were given with other parameters stay, and the run says so`() async throws {
        try await withSimulator { simulator in
            var job = try Job((1...3).map { Job.prompt($0) }, at: simulator.baseURL)
            _ = try await job.run()
            job.options.asking.parameters = [("temperature", try JSON.parse(Bytes("0.9")))]
            let events = Events()
            let again = try await job.run(onEvent: events.take)
            #expect(again.counts.doneBefore == 3)
            #expect(events.contains("--redo-all"))
        }
    }

    @Test func `only what has answered rows is said to stay, and parameters have no order`() async throws {
        try await withSimulator { simulator in
            var job = try Job((1...3).map { Job.prompt($0) }, at: simulator.baseURL)
            let parameters = [("a", try JSON.parse(Bytes("1"))), ("b", try JSON.parse(Bytes("2")))]
            func said(_ model: String, _ parameters: [(String, JSON)], rows: Int) async throws -> [String] {
                job.options.asking.model = model
                job.options.asking.parameters = parameters.map { (name: $0.0, value: $0.1) }
                job.options.rowLimit = rows
                let events = Events()
                _ = try await job.run(onEvent: events.take)
                return events.all.filter { $0.contains(" stay; ") }
            }
            #expect(try await said("m", parameters, rows: 2).isEmpty)
            #expect(try await said("m", parameters.reversed(), rows: 2).isEmpty)
            let other = ["the answers of m stay; --redo-all asks m2 for these rows too"]
            #expect(try await said("m2", parameters, rows: 2) == other)
            #expect(try await said("m2", parameters, rows: 2) == other)
            #expect(try await said("m", parameters, rows: 2).isEmpty)
            let bare = ["the answers that were given with {\"a\":1,\"b\":2} stay; --redo-all asks for these rows anew"]
            #expect(try await said("m", [], rows: 2) == bare)

            // Of three models two have answered.
            try job.write((1...5).map { Job.prompt($0) })
            #expect(try await said("m3", parameters, rows: 1).count == 1)
            #expect(
                try await said("m4", parameters, rows: 2)
                    == ["the answers of m, m3 stay; --redo-all asks m4 for these rows too"])
            job.options.redoAll = true
            #expect(try await said("m5", [], rows: 5).isEmpty)
            job.options.redoAll = false
            #expect(try await said("m5", [], rows: 5).isEmpty)
        }
    }

    @Test func `rows that are put in order keep what is known of their answers`() async throws {
        try await withSimulator { simulator in
            var job = try Job((1...3).map { Job.prompt($0) }, at: simulator.baseURL)
            #expect(try await job.run().counts.answered == 3)
            let before = try job.answers().map { $0["sluice"]?.raw.text ?? "" }.sorted()
            job.options.files.isOrdered = true
            #expect(try await job.run().counts.doneBefore == 3)
            #expect(try job.answers().map { $0["sluice"]?.raw.text ?? "" }.sorted() == before)
            #expect(try job.answers().map { $0["id"]?.string } == ["1", "2", "3"])
            #expect(await simulator.ledger().count == 3)
        }
    }

    @Test func `no file of a folder of answers is written over`() async throws {
        try await withSimulator { simulator in
            var job = try Job([], at: simulator.baseURL)
            let input = job.folder.file("texts")
            mkdir(input, 0o700)
            try TextFile.write("item-1\n", to: input + "/a.txt")
            job.options.input = input
            job.options.files.areFolders = true
            for inside in [input, input + "/answers", job.folder.path] {
                job.options.output = inside
                #expect(await job.refusal()?.code == .configuration)
            }
            #expect(text(input + "/a.txt") == "item-1\n")
            #expect(await simulator.ledger().isEmpty)

            job.options.output = job.folder.file("answers")
            mkdir(job.folder.file("answers"), 0o700)
            try TextFile.write("mine", to: job.folder.file("answers/a.txt"))
            #expect(try await run(job).counts.answered == 1)
            #expect(text(job.folder.file("answers/a.txt")).hasPrefix("Answer to item-1"))
            #expect(text(job.folder.file("answers.sluice/replaced/a.txt.1")) == "mine")
        }
    }

    @Test func `only rows that failed are asked, or all but them`() async throws {
        try await withSimulator { simulator in
            let rows = (1...8).map { #"{"id":"\#($0)","prompt":"item-\#($0)"}"# }
            var job = try Job(rows, at: simulator.baseURL)
            // Rows that cannot be asked as long as a column is missing.
            job.options.asking.textField = "question"
            try job.write(rows.prefix(3).map { $0.replacing("prompt", with: "question") } + rows[3..<6])
            #expect(try await job.run().counts.failed == 3)
            job.options.asking.textField = nil
            try job.write(rows)

            job.options.redo = true
            job.options.files.failedRows = .skip
            let skipped = try await job.run()
            #expect(skipped.counts.left == 3)
            #expect(skipped.counts.answered == 5)
            job.options.files.failedRows = .only
            let only = try await job.run()
            #expect(only.counts.answered == 3)
            #expect(only.counts.left == 0)
            #expect(try job.ids() == Array(1...8))
        }
    }

    @Test func `rows with one id get numbers, the same in every run`() async throws {
        try await withSimulator { simulator in
            let rows = ["a", "b", "a", "a-2", "a"].enumerated().map { #"{"id":"\#($1)","prompt":"item-\#($0)"}"# }
            var job = try Job(rows, at: simulator.baseURL)
            #expect(await job.refusal()?.hint?.contains("--on-duplicate-id") == true)
            job.options.files.duplicateID = .suffix
            job.options.rowLimit = 4
            _ = try await job.run()
            job.options.rowLimit = nil
            _ = try await job.run()
            let names = try job.answers().map { answer in
                let item = answer["prompt"]?.string ?? ""
                return "\(item) \(answer["id"]?.string ?? "") \(answer["sluice"]?["id"]?.string ?? "")"
            }
            #expect(
                names.sorted() == ["item-0 a a", "item-1 b b", "item-2 a a-2", "item-3 a-2 a-2-2", "item-4 a a-3"])
        }
    }

    @Test func `parts of an input are merged into the whole`() async throws {
        try await withSimulator { simulator in
            let rows = Job.prompts(1...60)
            var outputs: [String] = []
            let job = try Job(rows, at: simulator.baseURL)
            for index in 0..<3 {
                var part = job
                part.options.files.shard = (index, 3)
                part.options.output = job.folder.file("part-\(index).jsonl")
                outputs.append(job.folder.file("part-\(index).jsonl"))
                let summary = try await Run(part.options).execute()
                #expect(summary.counts.isConserved)
                #expect((8...32).contains(summary.counts.answered))
            }
            #expect(await simulator.ledger().paid == Array(1...60))
            var merge = Merge(outputs)
            merge.target = job.folder.file("all.jsonl")
            let summary = try merge.execute()
            #expect(summary.rows == 60)
            #expect(summary.missing == 0)
            let merged = try TextFile.objects(job.folder.file("all.jsonl"))
            #expect(merged.map { $0["id"]?.string } == (1...60).map { "\($0)" })
            #expect(merged.allSatisfy { $0["sluice"] == nil && $0["output"]?.string != nil })
            merge.target = outputs[1]
            #expect(throws: SluiceError(.configuration, "")) { try merge.execute() }
        }
    }

    @Test func `a merge counts what is missing and what belongs elsewhere, also without the state folder`() async throws
    {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...6), at: simulator.baseURL)
            job.options.asking.template = "say {{prompt}}"
            job.options.asking.answerField = "said"
            _ = try await job.run()
            for name in job.folder.names(in: "out.jsonl.sluice") { unlink(job.state(name)) }
            rmdir(job.output + ".sluice")
            try job.write(Job.prompts(4...8))
            var merge = Merge([job.output])
            merge.target = job.folder.file("merged.json")
            #expect(throws: SluiceError(.configuration, "")) { try merge.execute() }
            merge.input = job.input
            let summary = try merge.execute()
            #expect((summary.rows, summary.answered, summary.missing, summary.unused) == (5, 3, 2, 3))
            let list = try JSON.parse(Bytes(TextFile.read(job.folder.file("merged.json")))).elements
            #expect(list.map { $0["said"]?.isNull } == [false, false, false, true, true])
        }
    }

    @Test func `nasty bytes come back as they are, and are recognised`() async throws {
        try await withSimulator { simulator in
            let values = [
                "\"a\u{85}b\u{2028}c\u{2029}\"", #""\u0000\ud800 \udc00""#, "1e400", "-0", "1.0",
                "123456789012345678901234567890",
                #"{"k":1,"k":2}"#, "\"\u{FEFF}\"", #""\r\n""#, "[[[[]]]]",
            ]
            var rows = values.enumerated().map { #"{"prompt":"item-\#($0)","x":\#($1), "x":\#($1),"id":"\#($0)"}"# }
            rows.append(String(repeating: "[", count: 100_000))
            rows.append(#"{"prompt":"\#u{0}"}"#)
            var job = try Job([], at: simulator.baseURL)
            try TextFile.write("\u{FEFF}" + rows.joined(separator: "\r\n"), to: job.input)
            let first = try await job.run()
            #expect(first.counts.answered == values.count)
            #expect(first.counts.failed == 2)
            let lines = try TextFile.lines(job.output)
            for (index, row) in rows.prefix(values.count).enumerated() {
                #expect(lines.contains { $0.hasPrefix(row.dropLast() + ",\"output\":") }, "row \(index)")
            }
            let second = try await job.run()
            #expect(second.counts.doneBefore == values.count)
            #expect(second.counts.attempts == 0)
            job.options.output = job.folder.file("again.json")
            _ = try await Run(job.options).execute()
            let list = try JSON.parse(Bytes(TextFile.read(job.folder.file("again.json"))))
            #expect(list.elements.count == rows.count)
            for (index, value) in values.enumerated() { #expect(list.elements[index]["x"]?.raw.text == value) }
        }
    }
}
