import SluiceCore
import SluiceScheduling
import Testing

/// Credentials that come and go in mid-run.
struct AdmissionMachineKeysTests {
    private typealias Keys = AdmissionMachine.AccountKeys

    private static func account(_ name: String, _ keys: [String]) -> AdmissionPolicy.Account {
        AdmissionPolicy.Account(name: name, credentials: keys)
    }

    private func run(_ accounts: [AdmissionPolicy.Account], awaits: Set<ModelIndex>? = [0]) -> Harness {
        var policy = AdmissionPolicy(accounts: accounts, concurrency: 100)
        policy.awaitsKeys = awaits
        var run = Harness(policy)
        run.ask(100)
        run.settle(100, .answered(tokens: nil), at: 0)
        return run
    }

    /// A run whose one key has been retired while another request waits.
    private func exhausted() -> Harness {
        var run = run([Self.account("a", ["key 1"])])
        run.ask(1)
        run.run(until: 0.9)
        run.settle(1, .retired(reason: "revoked"), at: 1)
        run.ask(2, isRetry: true, at: 1)
        return run
    }

    @Test func `without keys requests wait, and it is said for what`() {
        let run = exhausted()
        #expect(run.refusals.isEmpty && run.grants[2] == nil)
        #expect(run.machine.missingKeys == ["key 1: revoked"])
        #expect(run.waiting(at: 2)?.text == "another key: key 1: revoked")
    }

    @Test func `keys that never worked are not waited for`() {
        var policy = AdmissionPolicy(accounts: [Self.account("a", ["key 1"])], concurrency: 100)
        policy.awaitsKeys = [0]
        var run = Harness(policy)
        run.ask(1)
        run.settle(1, .answered(tokens: .zero), at: 1)
        run.ask(1, isRetry: true, at: 1)
        run.settle(1, .retired(reason: "invalid"), at: 2)
        run.ask(1, isRetry: true, at: 2)
        #expect(run.refusals[1] == .exhausted(reasons: ["key 1: invalid"]))
    }

    @Test func `a run that waits for no keys refuses as ever`() {
        var run = run([Self.account("a", ["key 1"])], awaits: nil)
        run.ask(1)
        run.run(until: 0.9)
        run.settle(1, .retired(reason: "revoked"), at: 1)
        run.ask(2, isRetry: true, at: 1)
        #expect(run.refusals[2] == .exhausted(reasons: ["key 1: revoked"]))
        #expect(run.machine.missingKeys == nil)
    }

    @Test func `a retired key that is named again gets one new chance`() {
        var run = exhausted()
        run.send(.rekeyed([Keys(Self.account("a", ["key 1"]), isLive: [true])]), at: 10)
        run.run(until: 11)
        #expect(run.grants[2]?.credential == CredentialIndex(account: 0, credential: 0))
        #expect(run.machine.missingKeys == nil)
        run.settle(2, .retired(reason: "still revoked"), at: 11)
        run.ask(3, isRetry: true, at: 11)
        run.run(until: 100)
        #expect(run.grants[3] == nil)
        #expect(run.machine.missingKeys == ["key 1: still revoked"])
    }

    @Test func `a key that was barred from a model gets its chance too`() {
        var run = run([Self.account("a", ["key 1"])])
        run.ask(1)
        run.run(until: 0.9)
        run.settle(1, .barred(reason: "no right"), at: 1)
        run.ask(2, isRetry: true, at: 1)
        #expect(run.machine.missingKeys == ["key 1: no right"])
        run.send(.rekeyed([Keys(Self.account("a", ["key 1"]), isLive: [true])]), at: 10)
        run.run(until: 11)
        #expect(run.grants[2] != nil)
    }

    @Test func `a key that joins its account takes the requests, one that is gone gets none`() {
        var run = exhausted()
        run.send(.rekeyed([Keys(Self.account("a", ["key 1", "key 2"]), isLive: [false, true])]), at: 10)
        for ticket in 3...20 { run.ask(UInt64(ticket), at: 10) }
        run.run(until: 20)
        #expect((2...20).allSatisfy { run.grants[$0]?.credential.credential == 1 })
    }

    @Test func `a key that is removed while it works gets nothing more, and what it has in flight ends well`() {
        var run = run([Self.account("a", ["key 1", "key 2"])])
        run.ask(1)
        run.run(until: 1)
        run.send(.rekeyed([Keys(Self.account("a", ["key 1", "key 2"]), isLive: [false, true])]), at: 1)
        run.settle(1, .answered(tokens: nil), at: 2)
        for ticket in 2...20 { run.ask(UInt64(ticket), at: 2) }
        run.run(until: 10)
        #expect((2...20).allSatisfy { run.grants[$0]?.credential.credential == 1 })
        #expect(run.snapshot(at: 10).accounts[0].credentials.map(\.inFlight) == [0, 19])
    }

    @Test func `an account that joins has limits of its own, for every model`() {
        var run = exhausted()
        run.ask(5, model: 3, at: 2)
        var joined = Self.account("b", ["key 1"])
        joined.limits.requestsPerMinute = 60
        joined.models = [0, 3]
        run.send(
            .rekeyed([Keys(Self.account("a", ["key 1"]), isLive: [false]), Keys(joined, isLive: [true])]), at: 10)
        for ticket in 6...9 { run.ask(UInt64(ticket), at: 10) }
        run.run(until: 11.5)
        // Requests of model 0 go one a second; that of model 3 has a limit of its own.
        #expect(run.grants[2]?.account == 1 && run.grants[5]?.account == 1)
        #expect(run.order.count == 5, "\(run.order)")
        run.run(until: 60)
        #expect((6...9).allSatisfy { run.grants[$0]?.account == 1 })
        #expect(run.snapshot(at: 60).accounts.map(\.granted) == [2, 6])
    }

    @Test func `an account that joins at another endpoint is asked while the first is gone`() {
        var first = Self.account("a", ["key 1"])
        first.endpoint = "one"
        var run = run([first])
        run.ask(1)
        run.run(until: 0.0005)
        run.settle(1, .unreachable(reason: "refused"), at: 0.001)
        run.ask(2, isRetry: true, at: 0.002)
        var second = Self.account("b", ["key 1"])
        second.endpoint = "two"
        run.send(.rekeyed([Keys(first, isLive: [true]), Keys(second, isLive: [true])]), at: 0.003)
        run.run(until: 0.1)
        #expect(run.grants[2]?.account == 1)
    }

    @Test func `a request with a fallback does not wait for keys`() {
        var first = Self.account("a", ["key 1"])
        first.models = [0]
        var second = Self.account("b", ["key 1"])
        second.models = [1]
        var policy = AdmissionPolicy(accounts: [first, second], concurrency: 100)
        policy.awaitsKeys = [0, 1]
        policy.fallbacks = [[1]]
        var run = Harness(policy)
        run.ask(100)
        run.settle(100, .answered(tokens: nil), at: 0)
        run.ask(1, fallback: 1)
        run.run(until: 0.9)
        run.settle(1, .retired(reason: "revoked"), at: 1)
        run.ask(2, fallback: 1, at: 1)
        #expect(run.refusals[2] == .barred(reasons: ["key 1: revoked"]))
        run.ask(3, model: 1, at: 1)
        run.settle(3, .retired(reason: "gone"), at: 2)
        run.ask(4, fallback: 1, at: 3)
        #expect(run.refusals[4] == nil && run.grants[4] == nil)
    }
}
