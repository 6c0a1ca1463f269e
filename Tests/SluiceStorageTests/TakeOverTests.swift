import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct TakeOverTests {
    private let job = Job()

    private var journal: String { job.output + ".sluice/answers.jsonl" }

    /// Starts a run into an output that another tool wrote.
    private func start(
        _ rows: [String], _ foreign: String, as kind: OutputForm.Kind, table: String? = nil
    ) throws -> OutputStore? {
        job.writeInput(rows)
        write(foreign, to: job.output)
        return try job.start { try? change(&$0, kind, table) }
    }

    private func change(_ options: inout StartOptions, _ kind: OutputForm.Kind, _ table: String?) throws {
        options.form = OutputForm(kind)
        options.output = try OutputTarget(path: job.output, form: options.form)
        if let table {
            write(table, to: job.folder.file("in.csv"))
            options.input = .file(job.folder.file("in.csv"))
        }
    }

    private func render(_ store: OutputStore, _ kind: OutputForm.Kind) throws {
        let file = FormFile(source: store.source, form: OutputForm(kind), answerField: "output")
        _ = try OutputStore.render(try #require(store.paths), file)
    }

    private func answers() throws -> [String] {
        try TextFile.objects(journal).map { $0["output"]?.raw.text ?? "?" }
    }

    @Test(arguments: [
        "{\"0\": \"A\"}\n{\"1\": null}\n{\"doc\": \"B\"}\n{\"2\": \"cut",
        "{\n \"0\": \"A\", \"1\": null, \"doc\": \"B\"}",
    ])
    func `the toolkit's answers are taken over by their index, null is asked again`(foreign: String) throws {
        let rows = [#"{"index":0,"p":1}"#, #"{"index":1}"#, #"{"index":"doc"}"#, #"{"index":2}"#]
        let oneLine = foreign.hasPrefix("{\n") ? foreign.replacing("\n", with: "") + "\n" : foreign
        let store = try #require(try start(rows, oneLine, as: .toolkit))
        #expect(store.counts.taken == 2)
        #expect(store.counts.left == 2)
        #expect(try answers() == [#""A""#, #""B""#])
        #expect(text(job.output) == oneLine)
        try render(store, .toolkit)
        #expect(text(job.output) == "{\"0\":\"A\"}\n{\"1\":null}\n{\"2\":null}\n{\"doc\":\"B\"}\n")
        #expect(text(job.output + ".sluice/replaced-1") == oneLine)
    }

    @Test func `the cookbook's answers are taken over by their request, errors are asked again`() throws {
        let rows = [
            #"{"model":"m","messages":[{"role":"user","content":"é"}],"metadata":{"row":1}}"#,
            #"{"model":"m","messages":[]}"#,
        ]
        let foreign =
            #"[{"model": "m", "messages": [{"role": "user", "content": "\u00e9"}]}, {"model": "m-1", "choices": []}, {"row": 1}]"#
            + "\n" + #"[{"model": "m", "messages": []}, ["Timeout", "Timeout"]]"# + "\n"
        let store = try #require(try start(rows, foreign, as: .cookbook))
        #expect(store.counts.taken == 1)
        #expect(store.counts.left == 1)
        #expect(try TextFile.objects(journal).map { $0["sluice"]?["model"]?.string } == ["m-1"])
    }

    @Test func `answers that GPTWrapper's workers have left are taken over, in any format`() throws {
        let rows = [
            #"{"id":1,"system_prompt":null,"prompt":"é"}"#, #"{"prompt":"b","system_prompt":"be brief"}"#,
            #"{"prompt":"b"}"#, #"{"prompt":"c"}"#, #"{"prompt":"c"}"#,
        ]
        job.writeInput(rows)
        let workers = [
            #"{"system_prompt": "be brief", "prompt": "b", "response": "B"}"# + "\n",
            #"{"system_prompt": null, "prompt": "\u00e9", "response": "E"}"# + "\n"
                + #"{"system_prompt": null, "prompt": "c", "response": "C"}"# + "\n" + #"{"system_prompt": null, "pro"#,
        ]
        for (number, content) in workers.enumerated() {
            write(content, to: job.folder.file("worker\(number)_out.jsonl"))
            write(content, to: job.folder.file("worker\(number)_out.csv"))
        }
        let counts = try #require(try job.counts())
        #expect(counts.taken == 3)
        #expect(counts.left == 2)
        #expect(try TextFile.objects(job.output).map { $0["output"]?.string } == ["E", "B", "C"])
        #expect(text(job.folder.file("worker1_out.jsonl")) == workers[1])
        #expect(try job.counts()?.taken == 0)

        let table = try job.counts { options in
            options.form = OutputForm(.csv)
            if let target = try? OutputTarget(path: job.folder.file("out.csv"), form: options.form) {
                options.output = target
            }
        }
        #expect(table?.taken == 3)
    }

    @Test func `a worker's file is read by the name it has`() throws {
        job.writeInput([#"{"q":"x"}"#])
        write(
            #"{"system_prompt": null, "prompt": "z", "response": "E"}"# + "\n",
            to: job.folder.file("worker007_out.jsonl"))
        #expect(job.refusal()?.file?.hasSuffix("/worker007_out.jsonl") == true)
        unlink(job.folder.file("worker007_out.jsonl"))
        write("", to: job.folder.file("worker_out.jsonl"))
        #expect(job.refusal() == nil)
    }

    @Test func `what workers have left for other rows is not paid for again`() throws {
        job.writeInput([#"{"q":"é"}"#])
        write(
            #"{"system_prompt": null, "prompt": "x", "response": "E"}"# + "\n", to: job.folder.file("worker0_out.jsonl")
        )
        let refusal = job.refusal()
        #expect(refusal?.code == .configuration)
        #expect(refusal?.file?.hasSuffix("worker0_out.jsonl") == true)
        #expect(!exists(job.output))
    }

    @Test func `a batch's answers are taken over by their custom id`() throws {
        let rows = [#"{"custom_id":"a","body":{}}"#, #"{"custom_id":"b","body":{}}"#]
        let foreign =
            #"{"id":"x","custom_id":"b","response":{"status_code":200,"body":{"choices":[]}},"error":null}"# + "\n"
            + #"{"id":"y","custom_id":"a","response":{"status_code":500,"body":{}},"error":null}"# + "\n"
        let store = try #require(try start(rows, foreign, as: .openaiBatch))
        #expect(store.counts.taken == 1)
        #expect(try answers() == [#"{"choices":[]}"#])
    }

    @Test func `a table's answers are taken over by its other cells, empty ones are asked again`() throws {
        let store = try #require(
            try start([], "id;t;output\n1;\"x;y\";A\n2;b;\n", as: .csv, table: "id;t\n2;b\n\"1\";\"x;y\"\n"))
        #expect(store.counts.taken == 1)
        #expect(store.counts.left == 1)
        try render(store, .csv)
        #expect(text(job.output) == "id;t;output\n2;b;\n\"1\";\"x;y\";A\n")
    }

    @Test func `columns that a run of ours has added are no part of the row`() throws {
        job.writeInput([])
        write("id,t\n1,x\n2,y\n", to: job.folder.file("in.csv"))
        let foreign = "id,t,output,score,why\n1,x,\"{\"\"score\"\":5}\",5,\n2,y,,,too long\n"
        write(foreign, to: job.output)
        func taken(_ change: (inout OutputForm) -> Void) throws -> StartCounts? {
            try job.counts {
                try? self.change(&$0, .csv, "id,t\n1,x\n2,y\n")
                change(&$0.form)
            }
        }
        #expect(throws: SluiceError.self) { try taken { _ in } }
        #expect(text(job.output) == foreign)
        let counts = try taken {
            $0.columns = ["score"]
            $0.errorField = "why"
        }
        #expect(counts?.taken == 1)
        #expect(counts?.left == 1)
        #expect(try answers() == [#""{\"score\":5}""#])
    }

    @Test func `answers of several models are taken over by row and model`() throws {
        write("id,asked,output\n1,a,A1\n1,b,\n1,c,C1\n2,a,\n2,b,B2\n2,c,C2\n", to: job.output)
        let counts = try job.counts {
            try? change(&$0, .csv, "id\n1\n2\n")
            $0.models = ["a", "b"]
        }
        #expect(counts?.taken == 4)
        #expect(counts?.finished == 2)
        #expect(counts?.others == 2)
        #expect(counts?.left == 2)
        let lines = try TextFile.objects(journal).map { line in
            "\(line["id"]?.string ?? "") \(line["sluice"]?["asked"]?.string ?? "") \(line["output"]?.string ?? "")"
        }
        #expect(lines == ["1 a A1", "1 c C1", "2 b B2", "2 c C2"])
        // The same answers to rows of one model are nobody's.
        unlink(journal)
        #expect(job.refusal { try? change(&$0, .csv, "id\n1\n2\n") }?.code == .configuration)
    }

    @Test func `lists and lines with an answer field are taken over by the rest of the row`() throws {
        let rows = [#"{"a":1,"b":"é"}"#, #"{"a":2}"#]
        let list = "[\n{\"a\": 1, \"b\": \"\\u00e9\", \"output\": \"A\"},\n{\"a\": 2, \"output\": null}\n]"
        #expect(try #require(try start(rows, list, as: .json)).counts.taken == 1)
        unlink(journal)
        #expect(try #require(try start(rows, "{\"a\":2,\"output\":\"B\"}\n", as: .jsonl)).counts.taken == 1)
        #expect(try answers() == [#""B""#])
    }

    @Test(arguments: [OutputForm.Kind.toolkit, .cookbook, .openaiBatch, .csv, .json, .jsonl, .raw])
    func `what is of another kind, or answers nothing of the input, is refused and stays`(kind: OutputForm.Kind) throws
    {
        for foreign in ["some notes\nof mine\n", "{\"zz\":\"A\"}\n", "[1,2]\n", "a,output\n9,x\n"] {
            job.writeInput([#"{"id":1,"a":1}"#])
            write(foreign, to: job.output)
            #expect(job.refusal { try? change(&$0, kind, nil) }?.code == .configuration)
            #expect(text(job.output) == foreign)
            #expect(!exists(job.output + ".sluice"))
        }
    }

    @Test func `many answers to other rows stop the run before anything is changed`() throws {
        let rows = (0..<300).map { #"{"index":\#($0)}"# }
        let foreign = (150..<450).map { "{\"\($0)\": \"A\"}\n" }.joined()
        job.writeInput(rows)
        write(foreign, to: job.output)
        let error = job.refusal { try? change(&$0, .toolkit, nil) }
        #expect(error?.message.contains("150 of the 300") == true)
        #expect(!exists(journal))
        let counts = try job.counts {
            try? change(&$0, .toolkit, nil)
            $0.allowsRedo = true
        }
        #expect(counts?.taken == 150)
    }

    /// Starts a run into an output of ours that is to stand in the order of the input from now on.
    private func counts(ordered rows: [String], _ more: (inout StartOptions) -> Void = { _ in }) throws -> StartCounts?
    {
        job.writeInput(rows)
        return try job.counts {
            order(&$0)
            more(&$0)
        }
    }

    private func order(_ options: inout StartOptions) {
        options.form.isOrdered = true
        if let target = try? OutputTarget(path: job.output, form: options.form) { options.output = target }
    }

    private func rows(_ numbers: Range<Int>) -> [String] { numbers.map { #"{"id":\#($0),"p":"\#($0)"}"# } }

    @Test func `lines of ours that answer another question are not taken for answers to this one`() throws {
        let rows = rows(0..<20)
        job.writeOutput(rows.map(job.answer))
        let counts = try #require(
            try counts(ordered: rows) {
                $0.hasher = RowHasher(template: nil, system: Bytes("B"), schema: nil)
            })
        #expect(counts.taken == 0 && counts.finished == 0 && counts.stale == 20 && counts.left == 20)
        #expect(try TextFile.lines(job.stale) == rows.map(job.answer))
        #expect(text(journal).isEmpty)
    }

    @Test func `many lines of ours to another question stop the run before anything is changed`() throws {
        let rows = rows(0..<300)
        job.writeOutput(rows.map(job.answer))
        let before = text(job.output)
        let other = RowHasher(template: nil, system: Bytes("B"), schema: nil)
        job.writeInput(rows)
        let refusal = job.refusal {
            order(&$0)
            $0.hasher = other
        }
        #expect(refusal?.message.contains("300 of the 300 answers in the output") == true)
        #expect(text(job.output) == before)
        // The same question goes on as if nothing had been.
        #expect(try job.counts()?.finished == 300)
        let redone = try counts(ordered: rows) {
            $0.hasher = other
            $0.allowsRedo = true
        }
        #expect(redone?.stale == 300 && redone?.left == 300)
    }

    @Test func `lines of ours are taken over as they are, also where the answer is nothing`() throws {
        let rows = rows(0..<4)
        let lines = rows.map(job.answer)
        let own = [
            lines[2], lines[0].replacing(#""output":"x""#, with: #""output":null"#),
            lines[1].replacing(#""output":"x""#, with: #""output":"""#).replacing(
                #""model":"m","#, with: #""model":"m","cost":12,"usage":{"input":1},"#),
        ]
        job.writeOutput(own)
        let counts = try #require(try counts(ordered: rows))
        #expect(counts.taken == 3 && counts.finished == 3 && counts.stale == 0 && counts.left == 1)
        #expect(try TextFile.lines(journal) == own)
    }

    @Test func `lines of ours and of another tool may stand in one output`() throws {
        let rows = rows(0..<3)
        job.writeOutput([
            job.answer(rows[1]), #"{"p": "0", "id": 9, "output": "other"}"#, #"{"id": 0, "p": "0", "output": "A"}"#,
        ])
        let counts = try #require(try counts(ordered: rows))
        #expect(counts.taken == 2 && counts.left == 1)
        #expect(try answers() == [#""x""#, #""A""#])
        // A row that has an answer of ours does not get another.
        unlink(journal)
        job.writeOutput([#"{"id": 1, "p": "1", "output": "late"}"#, job.answer(rows[1])])
        #expect(try self.counts(ordered: rows)?.taken == 1)
        #expect(try answers() == [#""x""#])
    }

    @Test func `what stops a start behind a take-over leaves nothing of it`() throws {
        // Two rows with one id are found after the answers have been taken over.
        let rows = [#"{"index":0,"p":1}"#, #"{"index":0,"p":2}"#]
        job.writeInput(rows)
        write("{\"0\": \"A\"}\n", to: job.output)
        #expect(job.refusal { try? change(&$0, .toolkit, nil) }?.message.contains("the same id") == true)
        #expect(!exists(job.output + ".sluice"))
        #expect(text(job.output) == "{\"0\": \"A\"}\n")
        job.writeInput([rows[0]])
        #expect(try job.counts { try? change(&$0, .toolkit, nil) }?.finished == 1)
    }

    @Test func `whoever leaves out the order is told how it was`() throws {
        let rows = rows(0..<2)
        job.writeOutput([job.answer(rows[0])])
        _ = try counts(ordered: rows)
        #expect(job.refusal()?.hint?.hasPrefix("give --ordered as before") == true)
    }

    @Test func `lines of ours that say which of several models was asked are taken over for these models`() throws {
        let rows = rows(0..<3)
        func line(_ row: String, _ model: String) -> String {
            let hash = job.hasher.hash(Bytes(row)).asked(of: model).hex
            return #"\#(row.dropLast()),"output":"x","sluice":{"asked":"\#(model)","hash":"\#(hash)"}}"#
        }
        let lines = rows.flatMap { [line($0, "a"), line($0, "b")] }
        job.writeOutput(Array(lines.dropLast()))
        job.writeInput(rows)
        #expect(job.refusal { order(&$0) }?.message.contains("of several models") == true)
        #expect(!exists(journal))
        let counts = try #require(try counts(ordered: rows) { $0.models = ["a", "c"] })
        #expect(counts.taken == 5 && counts.others == 2 && counts.finished == 3 && counts.left == 3)
        #expect(try TextFile.lines(journal) == Array(lines.dropLast()))
        // What another tool wrote says nothing of models.
        unlink(journal)
        job.writeOutput([#"{"id":0,"p":"0","output":"A"}"#])
        #expect(
            job.refusal {
                order(&$0)
                $0.models = ["a"]
            }?.message.contains("has no answer in the format") == true)
    }
}
