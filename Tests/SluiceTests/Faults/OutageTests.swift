import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Providers that fail everything: for a while, for ever, or for what the run as a whole does wrong.
@Suite struct OutageTests {
    @Test func `a server that fails everything for a while is tried by single requests, and no row is lost`()
        async throws
    {
        var options = SimulatorOptions()
        // The twentieth opens the circuit; four more meet what was on its way by then, or a try each.
        options.script = [FaultRule(.error(.usual(503)), times: 24)]
        options.latency = .fixed(.milliseconds(20))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...400), at: simulator.baseURL)
            job.options.concurrency = 30
            job.options.waitReady = .seconds(600)
            let events = Events()
            let summary = try await job.run(onEvent: events.take)
            #expect(summary.exitCode == 0, "\(summary)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...400))
            #expect(ledger.count == 424)
            #expect(events.contains("fails every request, the last with http 503"))
            #expect(events.contains("answers again"))
        }
    }

    @Test func `of two servers the one that fails gets next to nothing, and the other the rest`() async throws {
        var broken = SimulatorOptions()
        broken.script = [FaultRule(.error(.usual(502)))]
        try await withSimulator(broken) { first in
            try await withSimulator { second in
                var job = try Job(Job.prompts(1...300), at: second.baseURL)
                job.options.accounts.insert(try Job.accounts(at: first.baseURL)[0], at: 0)
                job.options.concurrency = 20
                let summary = try await job.run()
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await second.ledger().paid == Array(1...300))
                #expect(await first.ledger().count <= 20 + 20)
            }
        }
    }

    @Test func `a row that only meets refusals fails when its time is up`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(prompt: "item-2:"), .error(.usual(429)))]
        options.speed = 20
        try await withSimulator(options) { simulator in
            var job = try Job([Job.prompt(1), #"{"id":"2","prompt":"item-2: never"}"#], at: simulator.baseURL)
            // Also for the row that is answered, on a busy machine.
            job.options.rowDeadline = .seconds(5)
            let summary = try await job.run()
            #expect(summary.counts.answered == 1)
            #expect(summary.elapsed >= .seconds(5))
            let error = try job.failures().first?["error"]
            #expect(error?["code"]?.string == "row_deadline")
            #expect(error?["attempts"]?.elements.allSatisfy { $0["status"]?.int == 429 } == true)
        }
    }

    @Test func `a row that an outage keeps fails when its time is up`() async throws {
        var job = try Job(Job.prompts(1...4), at: "http://127.0.0.1:\(ClosedPort.find())/v1")
        job.options.rowDeadline = .seconds(1)
        let summary = try await job.run()
        #expect(summary.counts.failed == 4, "\(summary)")
        #expect(try job.failures().allSatisfy { $0["error"]?["code"]?.string == "row_deadline" })
    }

    // MARK: what the run does wrong

    private func failing(
        _ fault: Fault.Kind, rows: Int = 500, stops: Bool = true
    ) async throws -> (summary: RunSummary, sent: Int) {
        try await failing([FaultRule(fault)], rows: rows, stops: stops)
    }

    private func failing(
        _ script: [FaultRule], rows: Int, stops: Bool = true
    ) async throws -> (summary: RunSummary, sent: Int) {
        var options = SimulatorOptions()
        options.script = script
        return try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...rows), at: simulator.baseURL)
            job.options.concurrency = 8
            job.options.stopsAtCommonFailure = stops
            let summary = try await job.run()
            return (summary, await simulator.ledger().count)
        }
    }

    private static let wrongParameter = Fault.Kind.error(
        Refusal(400, "Unknown parameter: 'temprature'.", type: "invalid_request_error", code: "unknown_parameter"))

    @Test func `a run whose first rows all fail with the same words stops`() async throws {
        let (summary, sent) = try await failing(Self.wrongParameter)
        #expect(summary.exitCode == 2)
        #expect(sent <= 28)
        #expect(summary.counts.failed >= 19 && summary.counts.failed < sent)
        #expect(summary.counts.left == 500 - summary.counts.failed)
        guard case .error(let error) = summary.cause else {
            Issue.record("\(summary)")
            return
        }
        #expect(error.message.contains("Unknown parameter: 'temprature'"))
        #expect(error.hint?.contains("--on-error ignore") == true)
    }

    private static func numbered(_ message: (Int) -> String) -> [FaultRule] {
        (1...60).map { FaultRule(.init(nth: $0...$0), .error(Refusal(400, message($0), code: "invalid_parameter"))) }
    }

    @Test(arguments: ["request id: 2026112208152%d", "id %d", "trace 7f3a-%dbe0-deadbeef", "req_%dXkQ"])
    func `the number of a request is not part of the words`(id: String) async throws {
        let script = Self.numbered { "Unsupported parameter top_q (\(id.replacing("%d", with: "\($0)")))" }
        let (summary, sent) = try await failing(script, rows: 60)
        #expect(summary.exitCode == 2)
        #expect(sent <= 28 && summary.counts.left > 0, "\(summary)")
    }

    @Test(arguments: ["maximum context is 8192, requested 9%d", "bad row %d: one", "%d tokens", "too large by %d"])
    func `what is wrong with each row in its own way stops no run`(text: String) async throws {
        let others = ["one", "two"]
        let script = Self.numbered {
            text.replacing("%d", with: "\($0)").replacing("one", with: others[$0 % 2])
        }
        let (summary, sent) = try await failing(script, rows: 60)
        #expect(summary.exitCode == 1 && summary.counts.failed == 60 && sent == 60, "\(summary)")
    }

    @Test func `unless it is told to go on`() async throws {
        let (summary, sent) = try await failing(Self.wrongParameter, rows: 60, stops: false)
        #expect(summary.exitCode == 1)
        #expect(summary.counts.failed == 60)
        #expect(sent == 60)
    }

    @Test func `a filter that refuses the content of many rows is no reason to stop`() async throws {
        let refusal = Refusal(
            400, "The response was filtered.", type: "invalid_request_error", code: "content_filter")
        let (summary, _) = try await failing(.error(refusal), rows: 60)
        #expect(summary.counts.failed == 60)
    }

    @Test func `web pages in the place of answers stop it at once`() async throws {
        let (summary, sent) = try await failing(.page(200))
        #expect(summary.exitCode == 2)
        #expect(sent <= 3 + 8)
        guard case .error(let error) = summary.cause else {
            Issue.record("\(summary)")
            return
        }
        #expect(error.message.contains("web pages"))
        #expect(error.hint?.contains("--base-url") == true)
    }
}
