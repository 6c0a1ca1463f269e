import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import SluiceTransport
import Testing

/// What a scenario can be run on.
enum Front: String, CaseIterable, CustomTestStringConvertible {
    /// The decisions alone, in virtual time.
    case machine = "the machine in virtual time"
    /// The whole run, with a transport that asks the provider's model.
    case shell = "the run without sockets"
    /// The whole run, against the simulated provider.
    case sockets = "the run over sockets"

    var testDescription: String { rawValue }

    func run(_ scenario: Scenario) async throws -> FrontResult {
        switch self {
        case .machine:
            var front = MachineFront(scenario)
            return front.run()
        case .shell: return try await Self.shell(scenario)
        case .sockets: return try await Self.sockets(scenario)
        }
    }

    private static func job(_ scenario: Scenario, at base: String) throws -> Job {
        let rows = (1...scenario.rows).map { #"{"id":"\#($0)","prompt":"\#(scenario.prompt($0))"}"# }
        var job = try Job(rows, at: base, keys: scenario.keys.map(\.name))
        for (index, key) in scenario.keys.enumerated() { job.options.accounts[index].limits = key.limits }
        job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("\(Scenario.answerTokens)")))]
        job.options.concurrency = scenario.slots
        job.options.maxAttempts = scenario.attempts
        return job
    }

    private static func shell(_ scenario: Scenario) async throws -> FrontResult {
        let job = try job(scenario, at: "http://127.0.0.1:9/v1")
        var environment = Environment.live
        let made = Guarded<ModelTransport?>(nil)
        environment.connect = { [now = environment.now] settings async throws(SluiceError) in
            let loop = try await DirectTransport.start(settings)
            let transport = ModelTransport(ModelProvider(scenario), loop: loop, now: now)
            made.withLock { $0 = transport }
            return transport
        }
        var result = try await result(of: job, Run(job.options, environment: environment))
        let provider = try #require(made.withLock { $0 }).provider
        result.requests = provider.requests
        result.mostInFlight = provider.mostInFlight
        return result
    }

    private static func sockets(_ scenario: Scenario) async throws -> FrontResult {
        var options = scenario.provider
        options.keepsLedger = true
        options.port = scenario.outage == nil ? 0 : ClosedPort.find()
        let simulators = Guarded([try await Simulator.start(options)])
        let base = simulators.withLock { $0[0].baseURL }
        let job = try job(scenario, at: base)
        var result: FrontResult
        if let outage = scenario.outage {
            async let finished = Self.result(of: job, Run(job.options))
            let first = simulators.withLock { $0[0] }
            #expect(await Deadline.wait { first.counts().answered >= outage.answers })
            await first.stop()
            try await Environment.live.sleep(outage.span)
            let second = try await Simulator.start(options)
            simulators.withLock { $0.append(second) }
            result = try await finished
        } else {
            result = try await Self.result(of: job, Run(job.options))
        }
        for simulator in simulators.withLock({ $0 }) {
            let ledger = await simulator.ledger()
            result.mostInFlight = max(result.mostInFlight, simulator.counts().mostInFlight)
            result.requests += ledger.map { entry in
                FrontResult.Request(
                    time: Double(entry.time.nanoseconds) / 1e9,
                    key: scenario.keys.map(\.name).first { $0.hasSuffix(entry.key.dropFirst()) } ?? entry.key,
                    item: entry.item, status: entry.sent ? entry.status : nil)
            }
            await simulator.stop()
        }
        return result
    }

    private static func result(of job: Job, _ run: Run) async throws -> FrontResult {
        let summary = try await job.finish(run)
        var result = FrontResult()
        result.left = summary.counts.left
        result.sent = summary.counts.attempts
        result.refused = summary.counts.refused
        result.possiblyPaid = summary.counts.possiblyPaidTwice
        for answer in try job.answers() {
            let named = answer["output"]?.string?.dropFirst("Answer to item-".count).prefix { $0.isNumber } ?? ""
            let row = try #require(Int(answer["id"]?.string ?? ""))
            #expect(result.answered[row] == nil, "row \(row) is answered twice")
            result.answered[row] = Int(named) ?? -1
        }
        for failure in try job.failures() {
            let row = try #require(Int(failure["id"]?.string ?? ""))
            let error = failure["error"]
            result.failed[row] = [error?["class"]?.string, error?["code"]?.string].compactMap { $0 }.joined(
                separator: " ")
        }
        return result
    }
}
