import SluiceCore
import SluiceScheduling
import Testing

/// Model 0 has a fallback, model 1; each has an endpoint of its own unless said otherwise.
struct AdmissionMachineFallbackTests {
    private func run(
        endpoints: (String, String) = ("first", "second"), dayPatience: TimeSpan? = nil, perDay: Double? = nil,
        configure: (inout AdmissionPolicy) -> Void = { _ in }
    ) -> Harness {
        var first = AdmissionPolicy.Account(name: "a")
        first.limits.requestsPerDay = perDay
        (first.endpoint, first.models, first.dayEnds) = (endpoints.0, [0], at(36_000))
        var second = AdmissionPolicy.Account(name: "b")
        (second.endpoint, second.models) = (endpoints.1, [1])
        var policy = AdmissionPolicy(accounts: [first, second], concurrency: 100, waitReady: .seconds(3600))
        policy.fallbacks = [[1]]
        policy.dayPatience = dayPatience
        configure(&policy)
        return Harness(policy)
    }

    /// Three requests for model 0, whose endpoint then turns out to be gone.
    private func lose(_ run: inout Harness) {
        for ticket in 1...3 { run.ask(UInt64(ticket), fallback: 1) }
        run.settle(1, .unreachable(reason: "connection refused"), at: 0.001)
    }

    @Test func `what waits for an endpoint that is gone is refused where another model can answer`() {
        var run = run()
        lose(&run)
        run.ask(4, fallback: 1, at: 0.1)
        #expect(run.refusals[4] == .outage(reason: "unreachable: connection refused"))
        run.ask(5, model: 1, at: 0.1)
        #expect(run.grants[5]?.account == 1)
    }

    @Test func `a request that finds the circuit half open tries it, the others do not wait for that`() {
        var run = run()
        lose(&run)
        run.ask(4, fallback: 1, at: 5)
        #expect(run.grants[4]?.isProbe == true)
        run.ask(5, fallback: 1, at: 5.1)
        #expect(run.refusals[5] == .outage(reason: "unreachable: connection refused"))
        run.settle(4, .answered(tokens: nil), at: 6)
        run.ask(6, fallback: 1, at: 7)
        #expect(run.grants[6]?.account == 0)
    }

    @Test func `requests without a fallback wait as ever`() {
        var run = run()
        lose(&run)
        run.ask(4, at: 0.1)
        #expect(run.refusals[4] == nil && run.grants[4] == nil)
    }

    @Test func `an endpoint that both models share is waited for`() {
        var run = run(endpoints: ("one", "one"))
        lose(&run)
        run.ask(4, fallback: 1, at: 0.1)
        run.run(until: 2)
        #expect(run.refusals.isEmpty)
        #expect(run.order.last.flatMap { run.grants[$0] }?.isProbe == true)
    }

    @Test func `a fallback that no key may use is none`() {
        var run = run()
        run.ask(9, model: 1)
        run.settle(9, .retired(reason: "revoked"), at: 0.001)
        lose(&run)
        run.ask(4, fallback: 1, at: 0.1)
        #expect(run.refusals[4] == nil && run.grants[4] == nil)
    }

    @Test(arguments: [nil, TimeSpan.seconds(300)])
    func `a day that is used up is not waited for where another model can answer`(patience: TimeSpan?) {
        var run = run(dayPatience: patience, perDay: 1)
        run.ask(1, fallback: 1)
        run.settle(1, .answered(tokens: nil), at: 1)
        run.ask(2, fallback: 1, at: 2)
        guard case .dayUsedUp = run.refusals[2] else {
            Issue.record("\(String(describing: run.refusals[2]))")
            return
        }
    }

    @Test func `a day that is used up is waited for where that is wanted and nothing can step in`() {
        var run = run(perDay: 1)
        run.ask(1, fallback: 1)
        run.settle(1, .answered(tokens: nil), at: 1)
        run.ask(2, at: 2)
        run.ask(9, model: 1, at: 2)
        run.settle(9, .retired(reason: "revoked"), at: 3)
        run.ask(3, fallback: 1, at: 4)
        #expect(run.refusals.isEmpty)
        #expect(run.snapshot(at: 5).waiting == 2)
    }

    @Test func `a refusal for the rate is waited for, fallback or not`() {
        var run = run()
        run.ask(1, fallback: 1)
        run.settle(1, .throttled(wait: .seconds(30)), at: 0.1)
        run.ask(1, isRetry: true, fallback: 1, at: 0.1)
        #expect(run.refusals.isEmpty)
        run.run(until: 40)
        #expect(run.order == [1, 1])
    }

    @Test func `what waits for a key goes on with the model that steps in once that answers again`() {
        var run = run { $0.awaitsKeys = [0] }
        run.ask(8, model: 1)
        run.settle(8, .answered(tokens: TokenUse(input: 1)), at: 0.001)
        run.ask(9, model: 1, at: 0.01)
        run.settle(9, .unreachable(reason: "connection refused"), at: 0.02)
        run.ask(1, fallback: 1, at: 0.03)
        run.settle(1, .retired(reason: "revoked"), at: 0.04)
        run.ask(2, isRetry: true, fallback: 1, at: 0.05)
        run.run(until: 0.5)
        #expect(run.refusals[2] == nil && run.grants[2] == nil)
        run.ask(10, model: 1, at: 5)
        #expect(run.grants[10]?.isProbe == true)
        run.settle(10, .answered(tokens: TokenUse(input: 1)), at: 5.1)
        run.run(until: 7)
        #expect(run.refusals[2] == .barred(reasons: ["no key: revoked"]))
    }
}
