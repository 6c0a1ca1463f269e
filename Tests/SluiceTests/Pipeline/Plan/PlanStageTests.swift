import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct PlanStageTests {
    @Test func `bad lines fail with their numbers and the run goes on`() async throws {
        try await withSimulator { simulator in
            let job = try Job([], at: simulator.baseURL)
            var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
            bytes += Array("\(Job.prompt(1))\r\n\n   \n{\"prompt\": \n".utf8)  // lines 1 to 4
            bytes += Array("caf".utf8) + [0xE9, 0x0A]  // line 5 is Latin-1
            bytes += Array("{\"columns\":\"of no shape\"}\n".utf8)  // line 6
            bytes += Array(Job.prompt(7).utf8)  // line 7 has no line feed
            try TextFile.write(bytes, to: job.input)
            let summary = try await job.run()
            #expect(summary.exitCode == 1)
            #expect(summary.counts.read == 5)
            #expect(await simulator.ledger().paid == [1, 7])
            #expect(try job.ids() == [1, 7])
            let failures = try job.failures()
            #expect(failures.compactMap { $0["line"]?.int }.sorted() == [4, 5, 6])
            #expect(failures.allSatisfy { $0["error"]?["code"]?.string == "bad_row" })
            #expect(failures.allSatisfy { $0["error"]?["attempts"]?.elements.isEmpty == true })
        }
    }

    @Test func `strict stops at bad lines before anything is sent`() async throws {
        try await withSimulator { simulator in
            var job = try Job([Job.prompt(1), "{oops", Job.prompt(3)], at: simulator.baseURL)
            job.options.isStrict = true
            let error = await job.refusal()
            #expect(error?.line == 2)
            #expect(error?.file == job.input)
            #expect(await simulator.ledger().isEmpty)
            job.options.isStrict = false
            #expect(try await job.run().counts.answered == 2)
        }
    }

    @Test func `strict stops at rows that cannot be asked, too`() async throws {
        try await withSimulator { simulator in
            var job = try Job([Job.prompt(1), Job.prompt(2), "[1]"], at: simulator.baseURL)
            job.options.isStrict = true
            let error = await job.refusal()
            #expect(error?.line == 3)
            #expect(error?.file == job.input)
            #expect(await simulator.ledger().isEmpty)
        }
    }

    @Test func `one id twice stops with both line numbers before anything is sent`() async throws {
        try await withSimulator { simulator in
            let rows = [Job.prompt(1), #"{"index":2,"prompt":"b"}"#, Job.prompt(3), #"{"custom_id":"2","prompt":"c"}"#]
            let job = try Job(rows, at: simulator.baseURL)
            let error = await job.refusal()
            #expect(error?.code == .configuration)
            #expect(error?.message.contains("lines 2 and 4") == true)
            #expect(await simulator.ledger().isEmpty)
        }
    }

    @Test func `a row that has the answer field already stops with a hint`() async throws {
        try await withSimulator { simulator in
            let rows = [Job.prompt(1), #"{"prompt":"item-2","output":"mine"}"#]
            var job = try Job(rows, at: simulator.baseURL)
            let error = await job.refusal()
            #expect(error?.file == job.input && error?.line == 2)
            #expect(error?.hint?.contains("--into") == true)
            #expect(await simulator.ledger().isEmpty)
            job.options.asking.answerField = "answer"
            #expect(try await job.run().exitCode == 0)
            #expect(try job.answers().contains { $0["output"]?.string == "mine" && $0["answer"] != nil })
        }
    }

    @Test func `a taken answer field far down stops the run and nothing is overwritten`() async throws {
        try await withSimulator { simulator in
            let rows = Job.prompts(1...150) + [#"{"prompt":"item-151","output":"mine"}"#]
            let job = try Job(rows, at: simulator.baseURL)
            let summary = try await job.run()
            #expect(summary.exitCode == 2)
            #expect(await simulator.ledger().paid.count == summary.counts.answered)
            #expect(await !simulator.ledger().contains { $0.item == 151 })
        }
    }

    @Test func `two equal rows are both asked and both answered`() async throws {
        try await withSimulator { simulator in
            let row = #"{"prompt":"item-7"}"#
            let job = try Job([row, #"{"prompt":"item-8"}"#, row], at: simulator.baseURL)
            #expect(try await job.run().counts.answered == 3)
            #expect(await simulator.ledger().paid == [7, 7, 8])
            #expect(try await job.run().counts.doneBefore == 3)
            #expect(await simulator.ledger().count == 3)

            let lines = try TextFile.lines(job.output)
            let kept = lines.filter { !$0.contains("item-7") } + lines.filter { $0.contains("item-7") }.prefix(1)
            try TextFile.write(kept.map { $0 + "\n" }.joined(), to: job.output)
            let summary = try await job.run()
            #expect(summary.counts.doneBefore == 2)
            #expect(await simulator.ledger().paid == [7, 7, 7, 8])
            #expect(try job.answers().count == 3)
        }
    }

    @Test func `an input without rows is a run without requests`() async throws {
        try await withSimulator { simulator in
            let summary = try await Job([], at: simulator.baseURL).run()
            #expect(summary.exitCode == 0)
            #expect(summary.counts == RunCounts())
            #expect(await simulator.ledger().isEmpty)
        }
    }
}
