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

    private static func job(_ scenario: Scenario, at bases: [String]) throws -> Job {
        let rows = (1...scenario.rows).map { #"{"id":"\#($0)","prompt":"\#(scenario.prompt($0))"}"# }
        var job = try Job(rows, at: bases[0])
        job.options.accounts = try scenario.keys.map { key in
            var account = try Job.accounts(at: bases[key.provider], [key.name])[0]
            account.limits = key.limits
            return account
        }
        job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("\(Scenario.answerTokens)")))]
        job.options.concurrency = scenario.slots
        job.options.maxAttempts = scenario.attempts
        job.options.timeout = scenario.timeout
        return job
    }

    private static func shell(_ scenario: Scenario) async throws -> FrontResult {
        let job = try job(scenario, at: scenario.providers.indices.map(ModelTransport.base))
        var environment = Environment.live
        let made = Guarded<ModelTransport?>(nil)
        environment.connect = { [now = environment.now] settings async throws(SluiceError) in
            let loop = try await DirectTransport.start(settings)
            let providers = scenario.providers.map { ModelProvider($0, outage: scenario.outage) }
            let transport = ModelTransport(providers, loop: loop, now: now)
            made.withLock { $0 = transport }
            return transport
        }
        var result = try await result(of: job, Run(job.options, environment: environment))
        for provider in try #require(made.withLock { $0 }).providers {
            result.requests += provider.requests
            result.mostInFlight = max(result.mostInFlight, provider.mostInFlight)
        }
        return result
    }

    private static func sockets(_ scenario: Scenario) async throws -> FrontResult {
        var simulators: [Simulator] = []
        for options in scenario.providers { simulators.append(try await start(options, scenario)) }
        let job = try job(scenario, at: simulators.map(\.baseURL))
        var result: FrontResult
        if let outage = scenario.outage {
            let first = simulators[0]
            async let finished = Self.result(of: job, Run(job.options))
            #expect(await Deadline.wait { first.counts().answered >= outage.answers })
            await first.stop()
            try await Environment.live.sleep(outage.span)
            simulators.append(try await start(scenario.provider, scenario, port: first.port))
            result = try await finished
        } else {
            result = try await Self.result(of: job, Run(job.options))
        }
        for simulator in simulators {
            await simulator.stop()
            result.mostInFlight = max(result.mostInFlight, simulator.counts().mostInFlight)
            result.requests += await simulator.ledger().map { entry in
                FrontResult.Request(
                    time: Double(entry.time.nanoseconds) / 1e9,
                    key: scenario.keys.map(\.name).first { $0.hasSuffix(entry.key.dropFirst()) } ?? entry.key,
                    item: entry.item, status: entry.status)
            }
        }
        return result
    }

    private static func start(
        _ options: SimulatorOptions, _ scenario: Scenario, port: Int? = nil
    ) async throws -> Simulator {
        var options = options
        options.keepsLedger = true
        // One that comes back must not find that its port was given to another.
        options.port = port ?? (scenario.outage == nil ? 0 : ClosedPort.find())
        return try await Simulator.start(options)
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
            result.attempts[row] = answer["sluice"]?["attempts"]?.int ?? 0
        }
        for failure in try job.failures() {
            let row = try #require(Int(failure["id"]?.string ?? ""))
            let error = failure["error"]
            result.failed[row] = [error?["class"]?.string, error?["code"]?.string].compactMap { $0 }.joined(
                separator: " ")
            result.attempts[row] = error?["attempts"]?.elements.count ?? 0
        }
        return result
    }
}
