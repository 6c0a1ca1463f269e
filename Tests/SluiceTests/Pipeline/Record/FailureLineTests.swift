import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct FailureLineTests {
    @Test func `a failed row says what went wrong in each attempt`() async throws {
        var options = SimulatorOptions()
        options.faults.serverError = 1
        try await withSimulator(options) { simulator in
            var job = try Job([Job.prompt(1), Job.prompt(2)], at: simulator.baseURL)
            job.options.maxAttempts = 2
            let summary = try await job.run()
            #expect(summary.exitCode == 1)
            #expect(summary.counts.failed == 2)
            #expect(summary.failures.first?.count == 2)
            #expect(await simulator.ledger().map { $0.item ?? 0 }.sorted() == [1, 1, 2, 2])
            #expect(!TextFile.exists(job.output) || TextFile.read(job.output).isEmpty)
            let line = try #require(try job.failures().first { $0["line"]?.int == 2 })
            #expect(line.members.map(\.text) == ["id", "line", "row", "error"])
            #expect(line["id"]?.string == "2")
            #expect(line["row"]?.raw.text == Job.prompt(2))
            let error = try #require(line["error"])
            #expect(error["status"]?.int == 500)
            #expect(error["code"]?.string == "server_error")
            #expect(error["message"]?.string?.hasPrefix("The server had an error") == true)
            let attempts = error["attempts"]?.elements ?? []
            #expect(attempts.count == 2)
            #expect(attempts.allSatisfy { $0["status"]?.int == 500 && $0["ms"]?.int != nil })
        }
    }

    @Test func `failed rows are tried again, and the former errors set aside`() async throws {
        var options = SimulatorOptions()
        options.faults.serverError = 0.4
        var job = try Job(Job.prompts(1...30), at: "http://127.0.0.1:1/v1")
        job.options.maxAttempts = 1
        let (answered, failed) = try await withSimulator(options) { simulator in
            job.options.accounts = try Job.accounts(at: simulator.baseURL)
            let summary = try await job.run()
            #expect(await simulator.ledger().paid.count == summary.counts.answered)
            return (try job.ids(), summary.counts.failed)
        }
        try #require(failed > 0 && failed < 30)
        let failures = TextFile.read(job.errors)
        try await withSimulator { simulator in
            job.options.accounts = try Job.accounts(at: simulator.baseURL)
            // Another model does not ask again what is finished, only what failed.
            job.options.asking.model = "bigger"
            let summary = try await job.run()
            #expect(summary.exitCode == 0)
            #expect(summary.counts.doneBefore == answered.count)
            #expect(await simulator.ledger().paid == (1...30).filter { !answered.contains($0) })
        }
        #expect(try job.ids() == Array(1...30))
        #expect(TextFile.read(job.state("errors.previous.jsonl")) == failures)
    }

    @Test func `an errors file is valid input of another run`() async throws {
        var options = SimulatorOptions()
        options.faults.serverError = 1
        let rows = [Job.prompt(1), #"["item-2"]"#, "item-3 plain", #"{"instruction":"item-4"}"#]
        var job = try Job(rows, at: "http://127.0.0.1:1/v1")
        job.options.maxAttempts = 1
        try await withSimulator(options) { simulator in
            job.options.accounts = try Job.accounts(at: simulator.baseURL)
            #expect(try await job.run().counts.failed == 4)
        }
        try await withSimulator { simulator in
            let again = try Job(try TextFile.lines(job.errors), at: simulator.baseURL)
            let summary = try await again.run()
            #expect(summary.counts.answered == 4, "\(summary.failures)")
            #expect(await simulator.ledger().paid == [1, 2, 3, 4])
            #expect(try await again.run().counts.doneBefore == 4)
        }
    }
}
