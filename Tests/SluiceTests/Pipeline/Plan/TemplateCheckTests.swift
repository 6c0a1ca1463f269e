import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct TemplateCheckTests {
    @Test func `a placeholder that names no column stops before anything is sent, with the nearest name`() async throws
    {
        try await withSimulator { simulator in
            var job = try Job([#"{"text":"item-1","author":"x"}"#], at: simulator.baseURL)
            job.options.asking.template = "translate {{txt}}"
            let error = await job.refusal()
            #expect(error?.code == .configuration)
            #expect(error?.message.contains("'txt'") == true)
            #expect(error?.hint == "did you mean {{text}}?")
            #expect(await simulator.ledger().isEmpty)
            #expect(!TextFile.exists(job.output))
        }
    }

    @Test func `a flag that names no column stops before anything is sent`() async throws {
        try await withSimulator { simulator in
            var job = try Job([], at: simulator.baseURL)
            job.options.input = job.folder.file("in.csv")
            try TextFile.write("id,text,engine\n1,item-1,m\n", to: job.folder.file("in.csv"))
            job.options.asking.textField = "txt"
            let text = await job.refusal()
            #expect(
                text?.message == "no column 'txt', which --text-field names" && text?.hint == "did you mean 'text'?")
            job.options.asking.textField = "text"
            job.options.asking.modelField = "what"
            let model = await job.refusal()
            #expect(model?.message == "no column 'what', which --model-field names")
            #expect(model?.hint == "the rows have: id, text, engine")
            #expect(await simulator.ledger().isEmpty)
            job.options.asking.modelField = "engine"
            #expect(try await job.run().exitCode == 0)
            // Rows without members have no columns; of the others a few may name a model.
            job.options.asking.textField = "text"
            job.options.asking.modelField = "engine"
            job.options.input = job.input
            job.options.output = job.folder.file("other.jsonl")
            try job.write([#""item-2""#, #"["item-3"]"#])
            #expect(try await Run(job.options).execute().exitCode == 0)
        }
    }

    @Test func `names that are far from every column are answered with the columns there are`() throws {
        let error = #expect(throws: SluiceError.self) {
            try Body.of(#"{"text":"x","author":"y"}"#) { $0.template = "{{completely different}}" }
        }
        #expect(error?.hint == "the rows have: text, author")
    }

    @Test func `a column that only some rows have fails the others, each with its reason`() async throws {
        try await withSimulator { simulator in
            let rows = [#"{"id":1,"text":"item-1"}"#, #"{"id":2,"note":"none"}"#, #"{"id":3,"text":"item-3"}"#]
            var job = try Job(rows, at: simulator.baseURL)
            job.options.asking.template = "translate {{text}}"
            let summary = try await job.run()
            #expect(summary.exitCode == 1)
            #expect(await simulator.ledger().paid == [1, 3])
            let failure = try #require(try job.failures().first)
            #expect(failure["line"]?.int == 2)
            #expect(failure["error"]?["code"]?.string == "bad_row")
            #expect(failure["error"]?["message"]?.string?.contains("'text'") == true)
        }
    }
}
