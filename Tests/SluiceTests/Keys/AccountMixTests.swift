import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// 64 keys of three accounts in different states, over real sockets; the provider's ledger is the judge.
@Suite struct AccountMixTests {
    private static let rows = 1500
    private static let slots = 64
    private static let large = (1...32).map { "sk-large-\(100 + $0)" }
    private static let small = (1...24).map { "sk-small-\(200 + $0)" }
    private static let poor = (1...Self.slots).map { "sk-needy-\(300 + $0)" }
    /// The first two keys of the small account: one is invalid from the start, one is revoked at its third request.
    private static let invalid = "sk-small-201"
    private static let revoked = "sk-small-202"
    /// Answers after which each key of the poor account has used up its quota.
    private static let share = 5

    private static var provider: SimulatorOptions {
        var options = SimulatorOptions()
        options.keepsLedger = true
        options.latency = .fixed(.milliseconds(20))
        options.keys = large + small + poor
        options.invalidKeys = [invalid]
        options.accounts = [
            .init("large", keys: large, limits: .init(requestsPerMinute: 12_000)),
            .init("small", keys: small, limits: .init(requestsPerMinute: 3_000)),
            .init("poor", keys: poor, limits: .init(requestsPerMinute: 12_000)),
        ]
        options.answersUntilExhausted = Dictionary(uniqueKeysWithValues: poor.map { ($0, share) })
        options.script = [FaultRule(.init(key: revoked, nth: 3...3), .key(.revoked))]
        return options
    }

    private static func account(_ name: String, _ keys: [String], _ perMinute: Double, at base: String) throws
        -> Account
    {
        Account(
            name: name, base: try BaseURL(base), keys: keys.map { Secret($0) },
            limits: Limits(requestsPerMinute: perMinute))
    }

    @Test func `an account with models of its own is asked for no other, whatever they are called`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(5))
        options.script = [
            FaultRule(.init(key: "sk-first-0001"), .error(Refusal(400, "too long", code: "one")), times: 3)
        ]
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...30), at: simulator.baseURL, keys: ["sk-first-0001", "sk-second-0002"])
            job.options.asking.model = "lab/m1"
            job.options.asking.fallbacks = ["lab/m2"]
            for (index, model) in ["m1", "m2"].enumerated() {
                job.options.accounts[index].models = [model]
                job.options.accounts[index].aliases = ["lab/m1": "m1", "lab/m2": "m2"]
            }
            let summary = try await job.run()
            #expect(summary.exitCode == 0 && summary.counts.fallback == 3, "\(summary)")
            let ledger = await simulator.ledger()
            #expect(ledger.count { $0.key == "…0001" } == 30 && ledger.count { $0.key == "…0002" } == 3)
        }
    }

    @Test func `a model that no account has which is asked for it is said by its name`() async throws {
        var options = SimulatorOptions()
        options.models = ["m"]
        try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...30), at: simulator.baseURL, keys: ["sk-first", "sk-second", "sk-third"])
            job.options.asking.model = "typo"
            job.options.accounts[1].models = ["m"]
            let summary = try await job.run()
            guard case .error(let error) = summary.cause else {
                Issue.record("\(summary)")
                return
            }
            #expect(summary.exitCode == 2 && summary.counts.left == 30)
            job.options.accounts[0].models = ["m"]
            job.options.accounts[2].models = ["other"]
            job.options.asking.chains = ["type": ["m"]]
            let refusal = await job.refusal()
            #expect(
                refusal?.message == "no account has 'typo' among its models" && refusal?.hint == "did you mean 'type'?")
            #expect(error.message.hasPrefix("the provider has no model 'typo'") && error.hint?.contains("-m") == true)
        }
    }

    @Test func `each account is used to its limit, and dead keys cost nobody but themselves`() async throws {
        let (job, summary, ledger) = try await withSimulator(Self.provider) { simulator in
            var job = try Job(Job.prompts(1...Self.rows), at: simulator.baseURL)
            job.options.accounts = [
                try Self.account("large", Self.large, 12_000, at: simulator.baseURL),
                try Self.account("small", Self.small, 3_000, at: simulator.baseURL),
                try Self.account("poor", Self.poor, 12_000, at: simulator.baseURL),
            ]
            job.options.concurrency = Self.slots
            job.options.maxAttempts = 1  // what dead keys refuse is not the rows' fault
            let summary = try await job.run()
            await simulator.stop()
            return (job, summary, await simulator.ledger())
        }
        #expect(summary.exitCode == 0, "\(summary)")
        #expect(ledger.paid == Array(1...Self.rows))
        #expect(try job.ids() == Array(1...Self.rows))
        #expect(summary.counts.possiblyPaidTwice == 0)

        func of(_ keys: [String]) -> [LedgerEntry] {
            let ends = Set(keys.map { "…\($0.suffix(4))" })
            return ledger.filter { ends.contains($0.key) }
        }
        // Both limits are honoured together by all keys of an account.
        #expect(of(Self.large).count { $0.status != 200 } == 0)
        #expect(of(Self.small).count(of: 429) == 0)
        // A dead key is tried no more often than it takes to find it out, with what was on its way by then.
        #expect((1...Self.slots).contains(of([Self.invalid]).count))
        #expect(of([Self.revoked]).count(of: 200) == 2)
        #expect((1...Self.slots).contains(of([Self.revoked]).count(of: 401)))
        for key in Self.poor {
            #expect(of([key]).count(of: 200) == Self.share, "\(key)")
            #expect((1...Self.slots).contains(of([key]).count { $0.status != 200 }), "\(key)")
        }
        // The small account, of 50 a second, is used at no more than that and what a second's bucket lets through.
        let times = ledger.map(\.time.nanoseconds)
        let seconds = Double((times.max() ?? 0) - (times.min() ?? 0)) / 1e9
        let most = 50 * (seconds + 1)
        #expect(Double(of(Self.small).paid.count) <= most, "\(of(Self.small).paid.count) in \(seconds) s")
        #expect(Set(of(Self.large).map(\.key)).count == Self.large.count)
        #expect(Set(of(Self.small).map(\.key)).count == Self.small.count)
    }
}
