import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct AdmissionTests {
    /// The most requests that came in within any window of this length.
    private func most(_ ledger: [LedgerEntry], within window: TimeSpan) -> Int {
        let times = ledger.map(\.time.nanoseconds).sorted()
        var first = 0
        var most = 0
        for (last, time) in times.enumerated() {
            while time - times[first] >= window.nanoseconds { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    private func span(_ ledger: [LedgerEntry]) -> Double {
        let times = ledger.map(\.time.nanoseconds)
        return Double((times.max() ?? 0) - (times.min() ?? 0)) / 1e9
    }

    @Test func `never more requests are in flight than was asked for, and as many`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(80))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...70), at: simulator.baseURL)
            job.options.concurrency = 7
            #expect(try await job.run().exitCode == 0)
            #expect(simulator.counts().mostInFlight == 7)
        }
    }

    @Test func `an account's own concurrency holds below the run's`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(20))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...30), at: simulator.baseURL)
            job.options.concurrency = 20
            job.options.accounts[0].limits.concurrency = 3
            #expect(try await job.run().exitCode == 0)
            #expect(simulator.counts().mostInFlight == 3)
        }
    }

    @Test func `requests are paced evenly below the limit from the first on`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...40), at: simulator.baseURL)
            job.options.accounts[0].limits.requestsPerMinute = 1200
            #expect(try await job.run().exitCode == 0)
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...40))
            // 20 a second, a quarter of a second may be caught up; a server that is held up sees more at once, and
            // the first of them later.
            #expect(most(ledger, within: .seconds(1)) <= 36)
            #expect(span(ledger) >= 1)
        }
    }

    @Test func `the limit of the whole run holds over all accounts`() async throws {
        try await withSimulator { simulator in
            let keys = ["sk-number-one", "sk-number-two", "sk-number-3"]
            var job = try Job(Job.prompts(1...30), at: simulator.baseURL, keys: keys)
            job.options.totalRequestsPerMinute = 1200
            #expect(try await job.run().exitCode == 0)
            let ledger = await simulator.ledger()
            #expect(Set(ledger.map(\.key)).count == 3)
            #expect(most(ledger, within: .seconds(1)) <= 28)
            #expect(span(ledger) >= 0.6)
        }
    }

    @Test func `a limit that only the server knows costs refusals but no attempts and no rows`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(requestsPerMinute: 6000, bucketDepth: .milliseconds(100))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...150), at: simulator.baseURL)
            job.options.maxAttempts = 1
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary.failures)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...150))
            #expect(ledger.count(of: 429) > 0)
            #expect(summary.counts.refused == ledger.count(of: 429))
            #expect(try job.answers().allSatisfy { $0["sluice"]?["attempts"]?.int == 1 })
        }
    }

    @Test func `a limit that replies tell is kept without a refusal`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(requestsPerMinute: 1200, bucketDepth: .seconds(60))
        options.latency = .fixed(.milliseconds(30))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...80), at: simulator.baseURL)
            job.options.concurrency = 16
            #expect(try await job.run().exitCode == 0)
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...80))
            #expect(ledger.count(of: 429) == 0)
            // 16 go before the first reply; the others at 20 a second.
            #expect(span(ledger) >= 2)
        }
    }

    @Test func `tokens that Mistral's headers tell are kept without a refusal`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(tokensPerMinute: 60_000, bucketDepth: .seconds(60))
        options.headers = .mistral
        options.answerTokens = 50
        options.latency = .fixed(.milliseconds(30))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...60), at: simulator.baseURL)
            job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("50")))]
            job.options.concurrency = 8
            #expect(try await job.run().exitCode == 0)
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...60))
            #expect(ledger.count(of: 429) == 0)
            // 8 go before the first reply; the others, of about 60 tokens each, at 1,000 a second.
            #expect(span(ledger) >= 2)
        }
    }

    @Test func `tokens per minute hold as the server counts them`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(tokensPerMinute: 60_000, bucketDepth: .seconds(1))
        options.answerTokens = 50
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...40), at: simulator.baseURL)
            job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("50")))]
            job.options.accounts[0].limits.tokensPerMinute = 60_000
            #expect(try await job.run().exitCode == 0)
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...40))
            // 1,000 tokens a second, and each request about 60.
            #expect(span(ledger) >= 1)
        }
    }

    @Test func `a request that is larger than the limit fails at once and the others go on`() async throws {
        try await withSimulator { simulator in
            let rows = [
                Job.prompt(1), Job.prompt(2, String(repeating: "long ", count: 2000)), Job.prompt(3),
            ]
            var job = try Job(rows, at: simulator.baseURL)
            job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("10")))]
            job.options.accounts[0].limits.tokensPerMinute = 2000
            let summary = try await job.run()
            #expect(summary.exitCode == 1)
            #expect(await simulator.ledger().map { $0.item ?? 0 }.sorted() == [1, 3])
            let error = try job.failures().first?["error"]
            #expect(error?["code"]?.string == "larger_than_limit")
            #expect(error?["attempts"]?.elements.isEmpty == true)
        }
    }

    @Test func `a server that never answers is given up after the time it had to get ready`() async throws {
        var job = try Job(Job.prompts(1...10), at: "http://127.0.0.1:\(ClosedPort.find())/v1")
        job.options.waitReady = .milliseconds(200)
        let summary = try await job.run()
        #expect(summary.exitCode == 2)
        #expect(summary.counts.left == 10)
        #expect(summary.cause?.name == "configuration")
        #expect(try job.answers().isEmpty)
    }

    @Test func `a server that starts late is waited for and no attempt is used`() async throws {
        var options = SimulatorOptions()
        options.port = ClosedPort.find()
        var job = try Job(Job.prompts(1...20), at: "http://127.0.0.1:\(options.port)/v1")
        job.options.maxAttempts = 1
        let events = Events()
        async let running = job.run(onEvent: events.take)
        #expect(await Deadline.wait { events.contains("waiting") })
        options.keepsLedger = true
        let simulator = try await Simulator.start(options)
        let summary = try await running
        #expect(summary.exitCode == 0, "\(summary)")
        #expect(await simulator.ledger().paid == Array(1...20))
        #expect(events.contains("answers again"))
        await simulator.stop()
    }
}
