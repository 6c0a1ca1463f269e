import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Runs that look for the concurrency of a server that generates all its answers together.
@Suite struct AdaptiveConcurrencyTests {
    /// 16 answers at once use it up; 40 fit into its cache.
    private var engine: SimulatorOptions {
        var options = SimulatorOptions()
        options.engine = .init(tokensPerSecond: 1600, tokensPerSecondOfOne: 100, sequences: 40)
        options.answerTokens = 50
        options.answerSigma = 0.5
        return options
    }

    /// The requests that the server had at once on average, in the second half of the run.
    private func load(_ ledger: [LedgerEntry]) -> Double {
        let ends = ledger.map { $0.time.nanoseconds + $0.duration.nanoseconds }.sorted()
        guard let last = ends.last else { return 0 }
        let middle = ends[ends.count / 2]
        let busy = ledger.reduce(0.0) { sum, entry in
            let end = entry.time.nanoseconds + entry.duration.nanoseconds
            return sum + Double(max(0, end - max(middle, entry.time.nanoseconds)))
        }
        return busy / Double(max(1, last - middle))
    }

    @Test func `a server of one's own is used up and not flooded`() async throws {
        try await withSimulator(engine) { simulator in
            var job = try Job(Job.prompts(1...600), at: simulator.baseURL)
            job.options.accounts[0].limits.findsConcurrency = true
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...600))
            let tokens = ledger.reduce(0) { $0 + $1.outputTokens }
            // Even with the search, and on a machine that others use.
            #expect(Double(tokens) / summary.elapsed.seconds >= 0.5 * 1600)
            #expect((10...100).contains(load(ledger)), "\(load(ledger))")
            #expect((8...100).contains(summary.foundConcurrency ?? 0), "\(summary)")
        }
    }

    @Test func `a server that refuses above a number at once is kept busy below it`() async throws {
        var options = engine
        options.engine?.sequences = nil
        options.limits.concurrency = 12
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...400), at: simulator.baseURL)
            job.options.accounts[0].limits.findsConcurrency = true
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...400))
            #expect(ledger.count(of: 429) <= 60)
            #expect((4...12).contains(load(ledger)), "\(load(ledger))")
        }
    }

    @Test func `a server that says at /metrics that requests wait is not sent more, and gets no key there`()
        async throws
    {
        var options = engine
        options.engine?.sequences = 10
        options.engine?.tokensPerSecond = 100_000
        options.keys = ["sk-secret-0001"]
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...400), at: simulator.baseURL, keys: ["sk-secret-0001"])
            job.options.accounts[0].limits.findsConcurrency = true
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary)")
            let ledger = await simulator.ledger()
            let looks = ledger.filter { $0.path == "/metrics" }
            #expect(looks.count >= 5)
            #expect(looks.allSatisfy { $0.key.isEmpty && $0.status == 200 }, "\(looks)")
            #expect((6...20).contains(load(ledger)), "\(load(ledger))")
            #expect(summary.foundConcurrency ?? 99 <= 20, "\(summary)")
        }
    }

    @Test func `a server without gauges is asked for them once`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(200))
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...150), at: simulator.baseURL)
            job.options.accounts[0].limits.findsConcurrency = true
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary)")
            #expect(await simulator.ledger().count { $0.path == "/metrics" } == 1)
        }
    }

    @Test func `a server is asked once a second however many keys are used there, also by those that join`()
        async throws
    {
        try await withSimulator(engine) { simulator in
            try await withSimulator(engine) { other in
                var job = try Job(Job.prompts(1...200), at: simulator.baseURL, keys: (1...20).map { "sk-\($0)" })
                for index in job.options.accounts.indices {
                    job.options.accounts[index].limits.findsConcurrency = true
                }
                let path = job.folder.file("keys")
                try TextFile.write("first", to: path)
                let accounts = job.options.accounts
                let base = try BaseURL(other.baseURL)
                job.options.accountSource = AccountSource(files: [path]) { () throws(SluiceError) in
                    let limits = {
                        var limits = Limits(); limits.findsConcurrency = true; return limits
                    }()
                    return accounts + [Account(name: "joins", base: base, keys: [], limits: limits)]
                }
                try TextFile.write("changed", to: path)
                let summary = try await job.run()
                #expect(summary.exitCode == 0, "\(summary)")
                let looks = await simulator.ledger().count { $0.path == "/metrics" }
                #expect((1...Int(summary.elapsed.seconds) + 1).contains(looks), "\(looks)")
                #expect(await other.ledger().contains { $0.path == "/metrics" })
            }
        }
    }

    @Test func `a server that fails at /metrics for a while is asked again`() async throws {
        try await withSimulator(engine) { simulator in
            var job = try Job(Job.prompts(1...200), at: simulator.baseURL)
            job.options.accounts[0].limits.findsConcurrency = true
            var environment = Environment.live
            environment.connect = { [connect = environment.connect] settings async throws(SluiceError) in
                GatewayTransport(try await connect(settings))
            }
            let summary = try await job.finish(Run(job.options, environment: environment))
            #expect(summary.exitCode == 0, "\(summary)")
            #expect(await simulator.ledger().contains { $0.path == "/metrics" })
        }
    }

    @Test func `what is found never passes the slots`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...300), at: simulator.baseURL)
            job.options.accounts[0].limits.findsConcurrency = true
            job.options.concurrency = 4
            let summary = try await job.run()
            #expect(summary.foundConcurrency ?? 99 <= 4)
        }
    }
}
