import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct AnswerLineTests {
    /// The one line that answers a row.
    private func answer(
        to row: String, _ change: (inout RunOptions) -> Void = { _ in }
    ) async throws -> (line: String, json: JSON) {
        try await withSimulator { simulator in
            var job = try Job([row], at: simulator.baseURL)
            change(&job.options)
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary.failures)")
            let line = try #require(try TextFile.lines(job.output).first)
            return (line, try JSON.parse(Bytes(line)))
        }
    }

    @Test(arguments: [
        #"[1, null,{"a":1.50}]"#, "null", "0", "-0.0", #""text\u00e9""#, "true", "[]", #"{"metadata":{"x":[ ]}}"#,
    ])
    func `metadata comes back unchanged`(metadata: String) async throws {
        let row = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"metadata": \#(metadata)}"#
        let (_, json) = try await answer(to: row)
        #expect(json["metadata"]?.raw.text == metadata)
    }

    @Test func `the row stays byte for byte in front of the answer`() async throws {
        let row = #"{"b": 1.50, "a":"\u00e9\/" ,"原文 列":"item-4","id":"x" , "b2":[ ]}"#
        let (line, json) = try await answer(to: row) { options in
            options.asking.template = "translate to Chinese: {{原文 列}}"
            options.asking.answerField = "translation"
        }
        #expect(line.hasPrefix(row.dropLast() + #","translation":"Answer to item-4"#))
        #expect(json.members.map(\.text) == ["b", "a", "原文 列", "id", "b2", "translation", "sluice"])
    }

    @Test func `what is known of the way stands beside the answer`() async throws {
        let (_, json) = try await answer(to: Job.prompt(3))
        let meta = try #require(json["sluice"])
        #expect(
            meta.members.map(\.text)
                == ["id", "model", "finish", "usage", "ms", "attempts", "cached", "hash"])
        #expect(meta["id"]?.string == "3")
        #expect(meta["model"]?.string == "m")
        #expect(meta["finish"]?.string == "stop")
        #expect(meta["usage"]?["output"]?.int == 46)
        #expect(meta["attempts"]?.int == 1)
        #expect(meta["cached"]?.bool == false)
        #expect(meta["hash"]?.string?.count == 32)
    }

    @Test(arguments: [
        ("plain  text", #"{"prompt":"plain  text","#), (#""bare\n""#, #"{"prompt":"bare\n","#),
        (#"["a","b","c"]"#, #"{"messages":["a","b","c"],"#),
        (#"[{"role":"user","content":"x"}]"#, #"{"messages":[{"role":"user","content":"x"}],"#),
    ])
    func `a row that is no object gets the name that makes it one`(row: String, start: String) async throws {
        #expect(try await answer(to: row).line.hasPrefix(start + #""output":"Answer"#))
    }

    @Test func `message and response are kept where that is asked for`() async throws {
        let message = try await answer(to: Job.prompt(3)) { $0.save = .message }.json["output"]
        #expect(message?["role"]?.string == "assistant")
        #expect(message?["content"]?.string?.hasPrefix("Answer to item-3") == true)
        let response = try await answer(to: Job.prompt(3)) { $0.save = .response }.json["output"]
        #expect(response?["object"]?.string == "chat.completion")
        #expect(response?["choices"]?.first?["message"]?["content"]?.string?.hasPrefix("Answer to item-3") == true)
    }

    @Test(arguments: [
        Job.prompt(3), #"["item-3","a","b"]"#, #""item-3""#, "item-3 plain",
        #"[{"model":"m","messages":[{"role":"user","content":"item-3"}],"seed":1},{"choices":[]}]"#,
    ])
    func `a result is valid input again, without what was added to it`(row: String) async throws {
        let (line, _) = try await answer(to: row)
        let (again, json) = try await answer(to: line)
        #expect(json.members.map(\.text).count { $0 == "output" || $0 == "sluice" } == 2)
        func own(_ line: String) -> Substring? { line.split(separator: #","output":"#).first }
        #expect(own(again) == own(line))
        #expect(try Body.of(line) == Body.of(row))
    }

    @Test func `vectors are kept for embeddings`() async throws {
        let row = #"{"custom_id":"v","url":"/v1/embeddings","body":{"model":"e","input":"item-1","dimensions":4}}"#
        #expect(try await answer(to: row).json["output"]?.kind == .array)
    }

    private static let indentedChat = """
        {\r
          "id": "c",
          "model": "m",
          "choices": [
            {
              "message": {
                "role": "assistant",
                "content": "one\\ntwo",
                "tool_calls": [
                  { "id": "t" }
                ]
              }
            }
          ]
        }
        """
    private static let indentedVectors = """
        {
          "data": [
            { "embedding": [
              1,
              2
            ] },
            { "embedding": [
              3
            ] }
          ]
        }
        """

    @Test(arguments: [Save.text, .message, .response], [false, true])
    func `a reply that the server indents is a line, and the output goes on`(save: Save, isVector: Bool) async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.body(isVector ? Self.indentedVectors : Self.indentedChat, status: 200))]
        try await withSimulator(options) { simulator in
            let path = isVector ? "embeddings" : "chat/completions"
            let rows = (1...2).map {
                #"{"custom_id":"\#($0)","url":"/v1/\#(path)","body":{"input":"item-\#($0)","messages":[{"role":"user"}]}}"#
            }
            var job = try Job(rows, at: simulator.baseURL)
            job.options.save = save
            job.options.cache.folder = job.folder.file("cache")
            job.options.rowLimit = 1
            #expect(try await job.run().counts.answered == 1)
            job.options.rowLimit = nil
            let counts = try await job.run().counts
            #expect(counts.doneBefore == 1 && counts.answered == 1)
            // From the cache, too.
            job.options.output = job.folder.file("again.jsonl")
            #expect(try await job.run().counts.cached == 2)

            for path in [job.output, job.folder.file("again.jsonl")] {
                let answers = try TextFile.objects(path)
                #expect(answers.count == 2)
                for output in answers.map({ $0["output"] }) {
                    switch (save, isVector) {
                    case (.text, false): #expect(output?.string == "one\ntwo")
                    case (.message, false): #expect(output?["tool_calls"]?.first?["id"]?.string == "t")
                    case (.text, true), (.message, true): #expect(output?.elements.map(\.elements.count) == [2, 1])
                    case (.response, _): #expect(output?.members.isEmpty == false)
                    }
                }
            }
        }
    }

    @Test func `an answer that was cut is counted`() async throws {
        try await withSimulator { simulator in
            let job = try Job([#"{"prompt":"item-1","max_tokens":3}"#, Job.prompt(2)], at: simulator.baseURL)
            let summary = try await job.run()
            #expect(summary.counts.cut == 1)
            #expect(summary.counts.usage.output == 49)
            #expect(try job.answers().contains { $0["sluice"]?["finish"]?.string == "length" })
        }
    }
}
