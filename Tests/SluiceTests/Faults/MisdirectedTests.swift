import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTransport
import Testing

/// Endpoints that are not what they should be: a redirect, a page, a certificate that is refused.
@Suite(.timeLimit(.minutes(2))) struct MisdirectedTests {
    private static let redirect = Fault(
        .body("", status: 307), headers: [.init("location", "http://elsewhere.example/v1/chat/completions")])

    @Test(arguments: [redirect, Fault(.page(404)), Fault(.page(200))])
    func `of two servers one that is misdirected costs no row, and the run does not stop`(fault: Fault) async throws {
        var wrong = SimulatorOptions()
        wrong.script = [FaultRule(fault)]
        try await withSimulator(wrong) { first in
            try await withSimulator { second in
                var job = try Job(Job.prompts(1...200), at: second.baseURL)
                job.options.accounts.insert(try Job.accounts(at: first.baseURL)[0], at: 0)
                job.options.concurrency = 8
                job.options.maxAttempts = 1
                let summary = try await job.run()
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await second.ledger().paid == Array(1...200))
                #expect(await first.ledger().count <= 8 + 3)
            }
        }
    }

    @Test func `of two servers one whose certificate is refused is left aside, whichever is asked first`() async throws
    {
        try await withSimulator { first in
            try await withSimulator { second in
                var job = try Job(Job.prompts(1...40), at: second.baseURL)
                job.options.accounts.insert(try Job.accounts(at: first.baseURL)[0], at: 0)
                job.options.concurrency = 4
                let port = first.baseURL.dropLast("/v1".count).split(separator: ":").last ?? ""
                var environment = Environment.live
                environment.connect = { settings async throws(SluiceError) in
                    TroubledTransport(
                        try await DirectTransport.start(settings), at: ":\(port)\r\n",
                        fails: TransportFailure(.tls, "tls with h failed", mayBePaid: false))
                }
                let events = Events()
                let summary = try await job.finish(
                    Run(job.options, environment: environment, onEvent: events.take))
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await second.ledger().paid == Array(1...40))
                #expect(await first.ledger().isEmpty)
                #expect(events.contains("is left aside: tls with h failed; for a certificate of your own"))
            }
        }
    }

    @Test(arguments: [Fault(.page(404)), redirect])
    func `a page for maintenance after the first answers is waited for, and costs no row`(fault: Fault) async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(nth: 51...62), fault)]
        options.latency = .fixed(.milliseconds(5))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...200), at: simulator.baseURL)
            job.options.concurrency = 8
            job.options.maxAttempts = 1
            let events = Events()
            let summary = try await job.finish(
                Run(job.options, environment: .quick(20), onEvent: events.take))
            #expect(summary.exitCode == 0, "\(summary)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...200) && ledger.count == 212)
            #expect(events.contains("is left aside: ") && events.contains("answers again"))
        }
    }

    @Test func `one that stays is given up after an hour, and the rest is left with what can be done`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(nth: 21...100_000), Self.redirect)]
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...600), at: simulator.baseURL)
            job.options.concurrency = 4
            let summary = try await job.finish(Run(job.options, environment: .quick(1000)))
            #expect(summary.exitCode == 2, "\(summary)")
            #expect(summary.counts.answered == 20 && summary.counts.left == 580)
            #expect(summary.elapsed >= .seconds(3600))
            guard case .error(let error) = summary.cause else {
                Issue.record("\(summary)")
                return
            }
            #expect(error.message.contains("redirect") && error.hint != nil, "\(error)")
        }
    }

    @Test func `the only one stops the run at once`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.page(404))]
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...60), at: simulator.baseURL)
            job.options.concurrency = 4
            let summary = try await job.run()
            #expect(summary.exitCode == 2 && summary.counts.left == 60, "\(summary)")
            #expect(await simulator.ledger().count <= 4)
            guard case .error(let error) = summary.cause else {
                Issue.record("\(summary)")
                return
            }
            #expect(error.hint?.contains("--base-url") == true)
        }
    }

    @Test(arguments: [(404, 42), (405, 42), (403, 42), (404, 60)], [1, 8])
    func `a page that only one row gets fails that row alone, also the last one`(
        victim: (status: Int, row: Int), concurrency: Int
    ) async throws {
        let fault = FaultRule(.init(prompt: "item-\(victim.row)"), .page(victim.status))
        let ordeal = try await Ordeal([fault], keys: ["sk-first-0001"]) { _ in
        } job: {
            $0.concurrency = concurrency
        }
        #expect(ordeal.summary.elapsed < .seconds(60))
        #expect(ordeal.summary.exitCode == 1, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == Ordeal.rows - 1)
        #expect(try ordeal.job.failures().map { $0["error"]?["class"]?.string } == ["FINAL"])
        #expect(
            ordeal.askedAgain.keys.sorted() == [victim.row]
                && (3...6).contains(ordeal.askedAgain[victim.row] ?? 0))
    }
}
