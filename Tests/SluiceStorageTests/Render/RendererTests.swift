import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct RendererTests {
    private let folder = TemporaryFolder()

    /// The line of a journal that answers a row with a JSON value.
    private func line(_ row: String, _ answer: String, id: String? = nil, into field: String = "output") -> String {
        let id = id.map { #""id":\#($0),"# } ?? ""
        let comma = row == "{}" ? "" : ","
        return #"\#(row.dropLast())\#(comma)"\#(field)":\#(answer),"sluice":{\#(id)"model":"m","hash":"\#(hash)"}}"#
            + "\n"
    }

    private var hash: String { String(repeating: "0", count: 32) }

    /// What is made of an input and its answers.
    private func render(
        _ input: String, named name: String = "in.jsonl", _ journal: [String], as form: OutputForm,
        errors: String? = nil, into field: String = "output"
    ) throws -> (text: String, counts: RenderCounts) {
        write(input, to: folder.file(name))
        write(journal.joined(), to: folder.file("answers.jsonl"))
        if let errors { write(errors, to: folder.file("errors.jsonl")) }
        let renderer = Renderer(
            .file(folder.file(name)), answers: [folder.file("answers.jsonl")], errors: [folder.file("errors.jsonl")],
            form: form, answerField: field)
        let counts = try renderer.render(to: folder.file("out"))
        return (text(folder.file("out")), counts)
    }

    private func form(_ kind: OutputForm.Kind, _ change: (inout OutputForm) -> Void = { _ in }) -> OutputForm {
        var form = OutputForm(kind)
        change(&form)
        return form
    }

    @Test func `a table comes back byte for byte, in its order, with one more column`() throws {
        let input = "\u{FEFF}id;\"text\";n\r\n1;\"a;\"\"b\";5\r\n2;x;\r\n\r\n3;\"y\nz\";7\r\n"
        let journal = [
            line(#"{"id":"3","text":"y\nz","n":"7"}"#, #""say \"hi\"""#),
            line(#"{"id":"1","text":"a;\"b","n":"5"}"#, "[1]"),
        ]
        let (text, counts) = try render(input, named: "in.csv", journal, as: form(.csv))
        #expect(
            text
                == "\u{FEFF}id;\"text\";n;output\r\n1;\"a;\"\"b\";5;[1]\r\n2;x;;\r\n3;\"y\nz\";7;\"say \"\"hi\"\"\"\r\n"
        )
        #expect(counts.rows == 3)
        #expect(counts.missing == 1)
    }

    @Test func `rows that do not fit the table are there, too, in its width`() throws {
        let input = "a,b\n1,2,3\n4\n5,6\n"
        let (text, counts) = try render(input, named: "in.csv", [line(#"{"a":"5","b":"6"}"#, #""x""#)], as: form(.csv))
        #expect(text == "a,b,output\n1,\"2,3\",\n4,,\n5,6,x\n")
        #expect(counts.missing == 2)
    }

    @Test func `a table with tabs becomes one with commas, and the other way`() throws {
        let journal = [line(#"{"a":"x,y","b":"t"}"#, #""tab\there""#)]
        #expect(
            try render("a\tb\nx,y\tt\n", named: "in.tsv", journal, as: form(.csv)).text
                == "a,b,output\n\"x,y\",t,tab\there\n")
        #expect(
            try render("a,b\n\"x,y\",t\n", named: "in.csv", journal, as: form(.tsv)).text
                == "a\tb\toutput\nx,y\tt\t\"tab\there\"\n")
    }

    @Test func `rows of any shape become a table of all their members`() throws {
        let input = #"{"id":1,"p":null}"# + "\nplain\n" + #"{"q":{"a":1},"id":2}"# + "\n[\"x\"]\n"
        let journal = [line(#"{"prompt":"plain"}"#, #""A""#), line(#"{"q":{"a":1},"id":2}"#, "null")]
        #expect(
            try render(input, journal, as: form(.csv)).text
                == "id,p,prompt,q,messages,output\n1,,,,,\n,,plain,,,A\n2,,,\"{\"\"a\"\":1}\",,\n,,,,\"[\"\"x\"\"]\",\n"
        )
    }

    @Test func `cells that a spreadsheet would run are guarded on request`() throws {
        let journal = [line(#"{"p":"1"}"#, #""=1+1""#), line(#"{"p":"2"}"#, #""-x""#), line(#"{"p":"3"}"#, #""a=b""#)]
        let input = "p\n1\n2\n3\n"
        #expect(try render(input, named: "in.csv", journal, as: form(.csv)).text == "p,output\n1,=1+1\n2,-x\n3,a=b\n")
        let guarded = form(.csv) { $0.guardsFormulas = true }
        #expect(try render(input, named: "in.csv", journal, as: guarded).text == "p,output\n1,'=1+1\n2,'-x\n3,a=b\n")
    }

    @Test func `members of an answer become columns, and failures say why`() throws {
        let journal = [
            line(#"{"p":"1"}"#, #"{"score":5,"why":"a,b"}"#), line(#"{"p":"2"}"#, #""```json\n{\"score\": 3}\n```""#),
            line(#"{"p":"3"}"#, #""none""#),
        ]
        let errors = #"{"id":null,"line":5,"row":{"p":"4"},"error":{"class":"FINAL","message":"too long"}}"# + "\n"
        let shape = form(.csv) {
            $0.columns = ["score", "why"]
            $0.errorField = "problem"
        }
        let text = try render("p\n1\n2\n3\n4\n", named: "in.csv", journal, as: shape, errors: errors).text
        #expect(
            text.split(separator: "\n").map(String.init) == [
                "p,output,score,why,problem", #"1,"{""score"":5,""why"":""a,b""}",5,"a,b","#,
            ] + ["2,\"```json", "{\"\"score\"\": 3}", "```\",3,,", "3,none,,,", "4,,,,too long"])
    }

    @Test func `lines and lists hold every row without the run's own facts`() throws {
        let input = #"{"b":1,"a":2}"# + "\n\"text\"\n{bad\n{}\n"
        let journal = [line("{}", "1e400"), line(#"{"b":1,"a":2}"#, #""x""#)]
        let lines = [
            #"{"b":1,"a":2,"output":"x"}"#, #"{"prompt":"text","output":null}"#, #"{"prompt":"{bad","output":null}"#,
            #"{"output":1e400}"#,
        ]
        #expect(try render(input, journal, as: form(.jsonl)).text == lines.map { $0 + "\n" }.joined())
        #expect(try render(input, journal, as: form(.json)).text == "[\n" + lines.joined(separator: ",\n") + "\n]\n")
    }

    @Test func `ordered rows are the lines of the journal in the order of the input`() throws {
        let journal = [2, 0].map { line(#"{"id":\#($0)}"#, #""A""#) }
        let input = (0..<3).map { #"{"id":\#($0)}"# + "\n" }.joined()
        #expect(try render(input, journal, as: form(.rows) { $0.isOrdered = true }).text == journal[1] + journal[0])
    }

    @Test func `the toolkit's lines are in the order of their numbers, others after them`() throws {
        let ids = [#"10"#, #""doc-1""#, "2", #""1""#, #""a""#]
        let input = ids.map { #"{"index":\#($0)}"# + "\n" }.joined()
        let journal = [line(#"{"index":2}"#, #""  x\n""#, id: "2"), line(#"{"index":"a"}"#, #"["y"]"#, id: #""a""#)]
        let expected =
            #"{"1":null}"# + "\n" + #"{"2":"x"}"# + "\n" + #"{"10":null}"# + "\n" + #"{"doc-1":null}"# + "\n"
            + #"{"a":"[\"y\"]"}"# + "\n"
        #expect(try render(input, journal, as: form(.toolkit)).text == expected)
        #expect(folder.names().sorted() == ["answers.jsonl", "in.jsonl", "out"])
    }

    @Test func `the cookbook's lines hold request, response and metadata`() throws {
        let response = #"{"id":"r","choices":[]}"#
        let row = #"{"model":"m","messages":[],"metadata":null}"#
        let plain = #"{"prompt":"x"}"#
        let request = #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#
        let withRequest = line(plain, response).replacing(#","hash""#, with: #","request":\#(request),"hash""#)
        // What the script itself has answered has its request as the row.
        let taken = line(row, response).replacing(#","hash""#, with: #","taken_over":true,"hash""#)
        let text = try render("\(row)\n\(plain)\n", [taken, withRequest], as: form(.cookbook)).text
        // As the script does it, metadata is not sent.
        #expect(text == "[{\"model\":\"m\",\"messages\":[]},\(response),null]\n[\(request),\(response)]\n")
    }

    @Test func `what a line lacks of a format is said with its row`() throws {
        let row = #"{"model":"m","messages":[]}"#
        func refusal(_ line: String, _ kind: OutputForm.Kind) -> SluiceError? {
            do {
                _ = try render("\n\(row)\n", [line], as: form(kind))
                return nil
            } catch {
                return error as? SluiceError
            }
        }
        let reply = line(row, #"{"id":"r","choices":[]}"#)
        #expect(refusal(reply, .openaiBatch) == nil)
        let error = refusal(reply, .cookbook)
        #expect(error?.message.contains("requests as they were sent") == true)
        #expect(error?.line == 2)
        for kind in [OutputForm.Kind.openaiBatch, .cookbook, .raw] {
            #expect(refusal(line(row, #""text""#), kind)?.message.contains("whole replies") == true)
        }
    }

    @Test func `ids are numbered by the input, whatever they were in the run`() throws {
        let rows = ["z", "x", "y"].map { #"{"id":"a","p":"\#($0)"}"# }
        let answers = [line(rows[1], #""X""#, id: #""a""#), line(rows[2], #""Y""#, id: #""a-2""#)]
        let input = rows.map { $0 + "\n" }.joined()
        #expect(
            try render(input, answers, as: form(.toolkit)).text == "{\"a\":null}\n{\"a-2\":\"X\"}\n{\"a-3\":\"Y\"}\n")
    }

    @Test func `a line of the cookbook that is asked again keeps its metadata`() throws {
        let response = #"{"id":"r","choices":[]}"#
        let request = #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#
        let results = [#"[\#(request),{"choices":[1]},{"k":[1.0]}]"#, #"[\#(request),{"choices":[2]}]"#]
        let journal = results.map {
            line(#"{"messages":\#($0)}"#, response).replacing(#","hash""#, with: #","request":\#(request),"hash""#)
        }
        let text = try render(results.map { $0 + "\n" }.joined(), journal, as: form(.cookbook)).text
        #expect(text == "[\(request),\(response),{\"k\":[1.0]}]\n[\(request),\(response)]\n")
    }

    @Test func `a batch line has the id as text and the response as body`() throws {
        let response = #"{"id":"r","choices":[]}"#
        let rows = [#"{"id":7}"#, #"{"a":1}"#]
        let text = try render(
            rows.map { $0 + "\n" }.joined(), [line(rows[0], response, id: "7"), line(rows[1], response)],
            as: form(.openaiBatch)
        ).text
        for (id, line) in zip(["7", "line-2"], text.split(separator: "\n")) {
            let json = try JSON.parse(Bytes(String(line)))
            #expect(json["custom_id"]?.string == id)
            #expect(json["response"]?["body"]?.raw.text == response)
            #expect(json["response"]?["status_code"]?.int == 200)
            #expect(json["error"]?.isNull == true)
        }
        #expect(try render(rows[0] + "\n", [line(rows[0], response)], as: form(.raw)).text == response + "\n")
    }

    @Test func `equal rows get as many answers as there are, in the order in which they came`() throws {
        let input = String(repeating: "{\"p\":1}\n", count: 40)
        let journal = (0..<30).map { line(#"{"p":1}"#, "\($0)") }
        let (text, counts) = try render(input, journal, as: form(.csv))
        #expect(counts.answered == 30)
        #expect(
            text.split(separator: "\n").map(String.init) == ["p,output"] + (0..<40).map { $0 < 30 ? "1,\($0)" : "1," })
    }

    @Test func `answers to other rows and what a crash has left are passed over`() throws {
        let journal = [
            line(#"{"p":2}"#, "1"), "{\"p\":1,\"output\":\n", "\u{0}\u{0}\n", line(#"{"p":1}"#, "2"), "{\"p\":3",
        ]
        let (text, counts) = try render("{\"p\":1}\n{\"p\":3}\n", journal, as: form(.csv))
        #expect(text == "p,output\n1,2\n3,\n")
        #expect(counts.unused == 1)
    }

    @Test func `results and failures as input find their answers`() throws {
        let result = #"{"a": 1, "output":"old","b": 2,"sluice":{"hash":"x"}}"#
        let failure = #"{"id":null,"line":1,"row":{"c":3},"error":{"class":"FINAL"}}"#
        let journal = [line(#"{"a": 1,"b": 2}"#, #""new""#), line(#"{"c":3}"#, #""c""#)]
        #expect(
            try render("\(result)\n\(failure)\n", journal, as: form(.jsonl)).text
                == #"{"a": 1,"b": 2,"output":"new"}"# + "\n" + #"{"c":3,"output":"c"}"# + "\n")
    }

    @Test func `a packed output is unpacked to the same`() async throws {
        write("{\"p\":1}\n", to: folder.file("in.jsonl"))
        write(line(#"{"p":1}"#, #""x""#), to: folder.file("answers.jsonl"))
        let target = OutputForm(path: folder.file("out.csv.gz"))
        #expect(target.isPacked)
        let renderer = Renderer(
            .file(folder.file("in.jsonl")), answers: [folder.file("answers.jsonl")], errors: [], form: target,
            answerField: "output")
        _ = try renderer.render(to: folder.file("out.csv.gz"))
        #expect(read(folder.file("out.csv.gz"))?.starts(with: [0x1F, 0x8B]) == true)
        #expect(try await Rows.of(.file(folder.file("out.csv.gz"))).texts == [#"{"p":"1","output":"x"}"#])
    }
}
