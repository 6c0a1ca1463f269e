import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct RowShapeTests {
    private static let chat = #"{"model":"m","messages":["#

    @Test func `a request body goes out byte for byte, without what is not the provider's`() throws {
        let row =
            #"{"model":"own","messages":[ {"role":"user","content":"h\u00e9 \/"} ],"temperature":0.10,"#
            + #""top_k":1e2,"metadata":{"a":1},"id":7,"stream":true,"sluice_note":"kept"}"#
        #expect(
            try Body.of(row) { $0.model = nil }
                == #"{"model":"own","messages":[ {"role":"user","content":"h\u00e9 \/"} ],"temperature":0.10,"#
                + #""top_k":1e2,"sluice_note":"kept"}"#)
    }

    @Test(arguments: [
        (
            #"{"index":"doc-1","instruction":"Translate.","input":"Hallo"}"#,
            #"{"role":"system","content":"Translate."},{"role":"user","content":"Hallo"}"#
        ),
        (#"{"index":2,"instruction":"Say hi.","input":""}"#, #"{"role":"user","content":"Say hi."}"#),
        (#"{"instruction":"Say hi."}"#, #"{"role":"user","content":"Say hi."}"#),
        (#"{"prompt":" hi\n"}"#, #"{"role":"user","content":" hi\n"}"#),
        (
            #"{"system_prompt":"Be brief.","prompt":"hi"}"#,
            #"{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}"#
        ),
        (#"{"system_prompt":null,"prompt":"hi"}"#, #"{"role":"user","content":"hi"}"#),
        (#"{"messages":[{"role":"user","content":"hi"}],"note":"mine"}"#, #"{"role":"user","content":"hi"}"#),
        (#""a \"bare\" text""#, #"{"role":"user","content":"a \"bare\" text"}"#),
        (
            #"[{"role":"system","content":"s"},{"role":"user","content":"hi"}]"#,
            #"{"role":"system","content":"s"},{"role":"user","content":"hi"}"#
        ),
        (
            #"["one","two","three"]"#,
            #"{"role":"user","content":"one"},{"role":"assistant","content":"two"},{"role":"user","content":"three"}"#
        ),
        ("  plain \"text\"  ", #"{"role":"user","content":"  plain \"text\"  "}"#),
        ("42", #"{"role":"user","content":"42"}"#),
        (
            #"[{"model":"old","messages":[{"role":"user","content":"hi"}]},{"choices":[]},{"row":1}]"#,
            #"{"role":"user","content":"hi"}"#
        ),
    ])
    func `every shape becomes its messages`(row: String, messages: String) throws {
        #expect(try Body.of(row) == Self.chat + messages + "]}")
    }

    @Test func `a batch line becomes its body, at the endpoint of its url`() throws {
        let chat = try Body.dryRun(
            #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"b","messages":["#
                + #"{"role":"user","content":"hi"}],"seed":1}}"#
        ) { $0.model = nil }
        #expect(chat.body.text == #"{"model":"b","messages":[{"role":"user","content":"hi"}],"seed":1}"#)
        #expect(chat.url == "http://127.0.0.1:1/v1/chat/completions")
        let vectors = try Body.dryRun(
            #"{"custom_id":"a","url":"/v1/embeddings","body":{"model":"b","input":["x","y"]}}"#
        ) { $0.model = nil }
        #expect(vectors.body.text == #"{"model":"b","input":["x","y"]}"#)
        #expect(vectors.url == "http://127.0.0.1:1/v1/embeddings")
    }

    @Test func `the run's system text replaces the row's own`() throws {
        let system = #"{"role":"system","content":"S"},{"role":"user","content":"hi"}]}"#
        for row in [
            #"{"prompt":"hi"}"#, #"{"system_prompt":"own","prompt":"hi"}"#, #"["hi"]"#, "hi", #""hi""#,
            #"[{"role":"developer","content":"own"},{"role":"user","content":"hi"}]"#,
            #"{"messages":[{"role":"system","content":"own"},{"role":"user","content":"hi"}]}"#,
            #"{"instruction":"own","input":"hi"}"#,
        ] {
            #expect(try Body.of(row) { $0.system = "S" } == Self.chat + system, "\(row)")
        }
    }

    @Test func `a column that is named as the text is asked as it stands`() throws {
        let body = try Body.of(#"{"a":"x","review":" so \u00e9 good "}"#) { $0.textField = "review" }
        #expect(body == Self.chat + #"{"role":"user","content":" so \u00e9 good "}]}"#)
    }

    @Test(arguments: [
        (#"{"prompt":"hi"}"#, #""hi""#), ("plain", #""plain""#), (#"["a","b"]"#, #"["a","b"]"#),
        (#"{"instruction":"hi"}"#, #""hi""#),
    ])
    func `texts go to the other endpoints as they are`(row: String, content: String) throws {
        #expect(try Body.of(row) { $0.endpoint = .completions } == #"{"model":"m","prompt":\#(content)}"#)
        #expect(try Body.of(row) { $0.endpoint = .embeddings } == #"{"model":"m","input":\#(content)}"#)
    }

    @Test func `an input column is what embeddings are made of`() throws {
        #expect(
            try Body.of(#"{"id":1,"input":"hi"}"#) { $0.endpoint = .embeddings } == #"{"model":"m","input":"hi"}"#)
    }

    @Test(arguments: [
        #"{"messages":[{"role":"user","content":"x"}]}"#, #"[{"role":"user","content":"x"}]"#,
        #"{"system_prompt":"s","prompt":"x"}"#, #"{"instruction":"s","input":"x"}"#,
        #"{"custom_id":"a","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"x"}]}}"#,
    ])
    func `a dialogue is not sent where there are no messages`(row: String) {
        #expect(throws: SluiceError(.configuration, "")) { try Body.of(row) { $0.endpoint = .completions } }
    }

    @Test func `a prompt's well-known parameters are not dropped`() throws {
        let body = try Body.of(#"{"prompt":"hi","temperature":0.50,"max_tokens":9,"column":"mine"}"#)
        #expect(body == Self.chat + #"{"role":"user","content":"hi"}],"temperature":0.50,"max_tokens":9}"#)
    }

    @Test(arguments: [
        #"{"model":"m","messages":[{"role":"user","content":"item-%"}],"metadata":[1, null]}"#,
        #"{"custom_id":"r%","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"item-%"}]}}"#,
        #"{"index":%,"instruction":"Translate.","input":"item-%"}"#,
        #"{"prompt":"item-%"}"#,
        #""item-%""#,
        #"["item-%","yes","go on"]"#,
        #"[{"role":"user","content":"item-%"}]"#,
        "plain text of item-%",
    ])
    func `a file of one shape is answered row by row`(shape: String) async throws {
        let rows = (1...5).map { number in
            String(shape.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "\(number)"))
        }
        try await withSimulator { simulator in
            let job = try Job(rows, at: simulator.baseURL)
            let summary = try await job.run()
            #expect(summary.exitCode == 0)
            #expect(summary.counts.answered == 5)
            #expect(await simulator.ledger().count == 5)
            #expect(try job.answers().count == 5)
            if !shape.contains("go on") { #expect(await simulator.ledger().paid == Array(1...5)) }
        }
    }

    @Test func `all shapes in one file are recognised line by line`() async throws {
        let rows = [
            #"{"model":"m","messages":[{"role":"user","content":"item-1"}]}"#,
            #"{"custom_id":"b","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"item-2"}]}}"#,
            #"{"index":"doc-1","instruction":"Translate.","input":"item-3"}"#,
            #"{"system_prompt":null,"prompt":"item-4"}"#,
            #""item-5""#,
            #"["hi","hello","item-6"]"#,
            #"[{"role":"user","content":"item-7"}]"#,
            "item-8 as it is",
            #"[{"model":"x","messages":[{"role":"user","content":"item-9"}]},{"choices":[]}]"#,
        ]
        try await withSimulator { simulator in
            let job = try Job(rows, at: simulator.baseURL)
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary.failures)")
            #expect(await simulator.ledger().paid == Array(1...9))
            let marks = try job.answers().map { $0["output"]?.string?.prefix(18).suffix(8) ?? "" }
            #expect(marks.sorted() == (1...9).map { "item-\($0): " })
        }
    }
}
