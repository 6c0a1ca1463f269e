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
