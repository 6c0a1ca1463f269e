import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import SluiceTransport
import Testing

@Suite struct JudgeStageTests {
    @Test func `rows of spent and closed keys go to the good one and no attempt is used`() async throws {
        var options = SimulatorOptions()
        options.keys = ["sk-good-0001"]
        options.exhaustedKeys = ["sk-spent-key"]
        options.deactivatedKeys = ["sk-closed-key"]
        options.latency = .fixed(.milliseconds(10))
        try await withSimulator(options) { simulator in
            var job = try Job(
                Job.prompts(1...60), at: simulator.baseURL, keys: ["sk-spent-key", "sk-closed-key", "sk-good-0001"])
            job.options.concurrency = 6
            job.options.maxAttempts = 1
            let events = Events()
            let summary = try await job.run(onEvent: events.take)
            #expect(summary.exitCode == 0, "\(summary)")
            #expect(summary.counts.answered == 60)
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...60))
            #expect(ledger.filter { $0.status == 200 }.allSatisfy { $0.key == "…0001" })
            // Only what was on its way when a key was found out has met it.
            #expect(ledger.count(of: 429) <= 6)
            #expect(ledger.count(of: 401) <= 12)
            #expect(try job.answers().allSatisfy { $0["sluice"]?["attempts"]?.int == 1 })
            #expect(events.all.count { $0.contains("is not used any more") } == 2)
        }
    }

    @Test func `with no usable key from the start nothing is answered and the exit code is 2`() async throws {
        var options = SimulatorOptions()
        options.invalidKeys = ["sk-bad-one", "sk-bad-two"]
        try await withSimulator(options) { simulator in
            let job = try Job(Job.prompts(1...20), at: simulator.baseURL, keys: options.invalidKeys)
            let summary = try await job.run()
            #expect(summary.exitCode == 2)
            #expect(summary.counts.left == 20)
            guard case .exhausted(let reasons) = summary.cause else {
                Issue.record("\(summary)")
                return
            }
            #expect(reasons.count == 2)
            #expect(try job.answers().isEmpty)
        }
    }

    @Test func `a quota that is used up on the way ends the run with 3, and another key goes on`() async throws {
        var options = SimulatorOptions()
        options.answersUntilExhausted = ["sk-few-left": 10]
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...30), at: simulator.baseURL, keys: ["sk-few-left"])
            job.options.concurrency = 4
            let summary = try await job.run()
            #expect(summary.exitCode == 3)
            #expect(summary.counts.answered == 10)
            #expect(summary.counts.left == 20)
            #expect(await simulator.ledger().paid == (try job.ids()))
            job.options.accounts = try Job.accounts(at: simulator.baseURL, ["sk-another"])
            #expect(try await job.run().exitCode == 0)
            #expect(await simulator.ledger().paid == Array(1...30))
        }
    }

    @Test(arguments: [
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", Int32(0)), ("https://api.openai.com/v1", 3),
    ])
    func `the same words retire a key at one provider and are a limit per minute at another`(
        base: String, exitCode: Int32
    ) async throws {
        let refusal = Refusal(429, "You exceeded your current quota", code: "insufficient_quota")
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(nth: 3...4), .error(refusal))]
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...20), at: base, keys: ["sk-the-only-one"])
            job.options.concurrency = 1
            var environment = Environment.live
            environment.connect = { settings async throws(SluiceError) in
                try StandInTransport(await DirectTransport.start(settings), at: simulator.baseURL)
            }
            let summary = try await job.finish(Run(job.options, environment: environment))
            #expect(summary.exitCode == exitCode, "\(summary)")
            #expect(summary.counts.answered == (exitCode == 0 ? 20 : 2))
        }
    }

    @Test(arguments: [
        ("1309", "the plan is over", 3), ("exceeded_current_quota_error", "your account is suspended", 3),
        ("enforced_spend_limit_reached", "spent", 3),
    ])
    func `an account that is spent in whatever words is asked once`(
        code: String, message: String, sent: Int
    ) async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(nth: 3...1000), .error(Refusal(429, message, code: code)))]
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...20), at: simulator.baseURL, keys: ["sk-the-only-one"])
            job.options.concurrency = 1
            let summary = try await job.run()
            #expect(summary.exitCode == 3 && summary.counts.answered == 2 && summary.counts.left == 18, "\(summary)")
            #expect(await simulator.ledger().count == sent)
        }
    }

    /// A call whose handshake fails, in what way, and whether the run goes on.
    private static let handshakes: [(call: Int, kind: TransportFailure.Kind, goesOn: Bool)] = [
        (1, .tls, false), (11, .tls, true), (1, .refused, true),
    ]

    @Test(arguments: handshakes)
    func `a failed handshake stops a run if it will fail again and nothing was answered before`(
        handshake: (call: Int, kind: TransportFailure.Kind, goesOn: Bool)
    ) async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...20), at: simulator.baseURL)
            job.options.concurrency = 1
            var environment = Environment.live
            environment.connect = { settings async throws(SluiceError) in
                TroubledTransport(
                    try await DirectTransport.start(settings), call: handshake.call,
                    fails: TransportFailure(handshake.kind, "tls with h failed", mayBePaid: false))
            }
            let summary = try await job.finish(Run(job.options, environment: environment))
            #expect(summary.exitCode == (handshake.goesOn ? 0 : 2), "\(summary)")
            #expect(await simulator.ledger().paid == (handshake.goesOn ? Array(1...20) : []))
            #expect(try job.ids() == (handshake.goesOn ? Array(1...20) : []))
        }
    }

    @Test func `what helps against a connection that cannot be made is said with it`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            var environment = Environment.live
            environment.connect = { settings async throws(SluiceError) in
                let failure = TransportFailure(
                    .refused, "too many open files", hint: "raise the limit with ulimit -n", mayBePaid: false)
                return TroubledTransport(try await DirectTransport.start(settings), call: 1, fails: failure)
            }
            job.options.concurrency = 1
            let events = Events()
            let summary = try await job.finish(Run(job.options, environment: environment, onEvent: events.take))
            #expect(summary.exitCode == 0, "\(summary)")
            #expect(events.all.contains { $0.contains("too many open files (raise the limit with ulimit -n)") })
        }
    }

    @Test func `server errors are tried again until there is an answer`() async throws {
        var options = SimulatorOptions()
        options.faults = .init(serverError: 0.15, unavailable: 0.1, reset: 0.1)
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...60), at: simulator.baseURL)
            job.options.concurrency = 20
            job.options.maxAttempts = 12
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary.failures)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...60))
            #expect(ledger.count > 60)
            #expect(summary.counts.attempts >= ledger.count)
            let attempts = try job.answers().compactMap { $0["sluice"]?["attempts"]?.int }
            #expect(attempts.contains { $0 > 1 })
        }
    }

    @Test func `refusals that are no limit's use no attempt either`() async throws {
        var options = SimulatorOptions()
        options.faults.tooManyRequests = 0.2
        options.speed = 20  // it says to wait 50 ms
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...40), at: simulator.baseURL)
            job.options.maxAttempts = 1
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary.failures)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...40))
            #expect(ledger.count(of: 429) > 0)
            #expect(summary.counts.refused == ledger.count(of: 429))
        }
    }

    @Test func `a model that does not exist ends the run with a hint`() async throws {
        var options = SimulatorOptions()
        options.models = ["other"]
        try await withSimulator(options) { simulator in
            let job = try Job(Job.prompts(1...50), at: simulator.baseURL)
            let summary = try await job.run()
            #expect(summary.exitCode == 2)
            #expect(summary.counts.left == 50)
            guard case .error(let error) = summary.cause else {
                Issue.record("\(summary)")
                return
            }
            #expect(error.message.contains("'m'"))
            #expect(error.hint?.contains("-m") == true)
        }
    }

    @Test func `a reply that takes too long is tried again and then fails`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(60))
        try await withSimulator(options) { simulator in
            var job = try Job([Job.prompt(1)], at: simulator.baseURL)
            job.options.timeout = .milliseconds(150)
            job.options.maxAttempts = 2
            let summary = try await job.run()
            #expect(summary.counts.failed == 1)
            // On a busy machine attempts may time out before they are sent, and then nobody can charge for them.
            #expect(await Deadline.wait { simulator.counts().requests == summary.counts.possiblyPaidTwice })
            #expect(try job.failures().first?["error"]?["code"]?.string == "timeout")
            #expect(try job.failures().first?["error"]?["attempts"]?.elements.count == 2)
        }
    }
}
