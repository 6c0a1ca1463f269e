import SluiceCore
import SluiceScheduling
import Testing

/// Quotas per account and model, of every dimension.
struct AdmissionMachineQuotaTests {
    private func machine(_ configure: (inout Limits) -> Void) -> Harness {
        var limits = Limits()
        configure(&limits)
        return Harness([AdmissionPolicy.Account(name: "a", limits: limits, credentials: ["a-0"])])
    }

    /// When each of so many requests goes that are asked for at once, in seconds; nil for those that do not by `end`.
    private func times(_ run: inout Harness, _ count: Int, demand: TokenDemand = TokenDemand(), end: Double) -> [Double]
    {
        for ticket in 1...count { run.ask(UInt64(ticket), demand: demand) }
        run.run(until: end)
        return (1...count).compactMap { run.grants[UInt64($0)].map { Double($0.sentAt.nanoseconds) / 1e9 } }
    }

    @Test func `requests per second hold in every second`() {
        var run = machine { $0.requestsPerSecond = 5 }
        let times = times(&run, 40, end: 30)
        #expect(times.count == 40)
        for (first, last) in zip(times, times.dropFirst(5)) { #expect(last - first >= 1) }
        #expect(times[39] < 8.3)
    }

    @Test func `a minimum interval lies between any two requests`() {
        var run = machine { $0.minimumInterval = .milliseconds(300) }
        let times = times(&run, 10, end: 30)
        for (first, last) in zip(times, times.dropFirst()) { #expect(last - first >= 0.2999) }
        #expect(times[9] < 2.71)
    }

    @Test func `a quantum is kept where a minute's limit is enforced by the second`() {
        var run = machine {
            $0.requestsPerMinute = 600
            $0.quantum = .seconds(1)
        }
        let times = times(&run, 100, end: 60)
        for (first, last) in zip(times, times.dropFirst(10)) { #expect(last - first >= 1) }
        #expect(times.count == 100)
        #expect(times[99] < 10.3)
    }

    @Test func `requests per day wait for the end of the day`() {
        var policy = AdmissionPolicy.Account(name: "a", credentials: ["a-0"])
        policy.limits.requestsPerDay = 3
        policy.dayEnds = at(5000)
        var run = Harness([policy])
        for ticket in 1...4 { run.ask(UInt64(ticket)) }
        run.run(until: 100)
        #expect(run.order == [1, 2, 3])
        #expect(run.waiting(at: 100)?.text == "quota of a (requests per day), 1h 21m")
        run.run(until: 5000)
        #expect(run.order == [1, 2, 3, 4])
    }

    @Test func `a rolling day counts the last 24 hours`() {
        var run = machine {
            $0.requestsPerDay = 2
            $0.day = .rolling
        }
        for ticket in 1...3 { run.ask(UInt64(ticket)) }
        run.run(until: 86_000)
        #expect(run.order == [1, 2])
        run.run(until: 87_000)
        #expect(run.order == [1, 2, 3])
    }

    @Test func `input and output tokens are limited apart`() {
        var input = machine { $0.inputTokensPerMinute = 60_000 }
        let byInput = times(&input, 10, demand: TokenDemand(input: 500, output: 5000), end: 100)
        #expect(abs(byInput[9] - 4.8) < 0.1)
        var output = machine { $0.outputTokensPerMinute = 60_000 }
        let byOutput = times(&output, 10, demand: TokenDemand(input: 5000, output: 500), end: 100)
        #expect(abs(byOutput[9] - 4.8) < 0.1)
    }

    @Test(arguments: [(TokenCharge.actual, 1.1), (.reserved, 10.1), (.estimated, 10.1)])
    func `max_tokens counts where the provider reserves it`(charge: TokenCharge, seconds: Double) {
        var run = machine {
            $0.tokensPerMinute = 60_000
            $0.charge = charge
        }
        let times = times(&run, 11, demand: TokenDemand(input: 50, output: 50, maxOutput: 950), end: 100)
        #expect(abs(times[10] - times[0] - seconds) < 0.3, "\(times)")
    }

    @Test func `what was reserved too much comes back, except where it is never corrected`() {
        for (charge, isBack) in [(TokenCharge.reserved, true), (.estimated, false)] {
            var run = machine {
                $0.tokensPerMinute = 60_000
                $0.charge = charge
            }
            let demand = TokenDemand(input: 50, output: 50, maxOutput: 950)
            run.ask(1, demand: demand)
            run.run(until: 0.81)
            run.settle(1, .answered(tokens: TokenUse(input: 50, output: 50)), at: 0.81)
            run.ask(2, demand: TokenDemand(input: 100), at: 0.81)
            #expect((run.grants[2] != nil) == isBack)
        }
    }

    @Test func `a sliding window is never exceeded even when everything is reserved at once`() {
        var run = machine {
            $0.tokensPerMinute = 6000
            $0.window = .sliding
            $0.charge = .reserved
        }
        var clock = 0.0
        for ticket in 1...40 {
            run.ask(UInt64(ticket), demand: TokenDemand(input: 100, output: 100, maxOutput: 900), at: clock)
        }
        while clock < 430 {
            clock += 0.25
            run.run(until: clock)
            let live = run.order.compactMap { run.grants[$0] }.filter { (at(clock) - $0.sentAt).seconds < 60 }
            #expect(live.reduce(0) { $0 + $1.tokens.total } <= 6000)
        }
        #expect(run.order.count == 40)
    }

    @Test func `each model has its own quota and holds up no other`() {
        var account = AdmissionPolicy.Account(name: "a", limits: Limits(requestsPerMinute: 60), credentials: ["a-0"])
        account.modelLimits[1] = Limits(requestsPerMinute: 600)
        var run = Harness([account])
        for ticket in 1...3 { run.ask(UInt64(ticket), model: 0) }
        for ticket in 11...13 { run.ask(UInt64(ticket), model: 1) }
        for ticket in 21...23 { run.ask(UInt64(ticket), model: 2) }
        #expect(run.order == [1, 11, 21])
        run.run(until: 0.5)
        #expect(run.order == [1, 11, 21, 12, 13])
        run.run(until: 3)
        #expect(run.order.count == 9)
    }

    @Test func `a refusal parks only the model that was refused`() {
        var run = Harness([AdmissionPolicy.Account(name: "a", credentials: ["a-0"])])
        run.ask(1, model: 0)
        run.settle(1, .throttled(wait: .seconds(30)), at: 0.1)
        run.ask(2, model: 0, at: 1)
        run.ask(3, model: 1, at: 1)
        #expect(run.order == [1, 3])
    }

    @Test func `a key that may not use a model goes on with the others`() {
        var run = Harness([
            AdmissionPolicy.Account(name: "a", credentials: ["a-0"]),
            AdmissionPolicy.Account(name: "b", credentials: ["b-0"]),
        ])
        run.ask(1, model: 1)
        #expect(run.grants[1]?.account == 0)
        run.settle(1, .barred(reason: "no access"), at: 1)
        #expect(run.notices == [.barred(account: "a", credential: "a-0", model: 1, reason: "no access")])
        for ticket in 2...5 { run.ask(UInt64(ticket), model: 1, at: 2) }
        run.run(until: 3)
        #expect((2...5).allSatisfy { run.grants[$0]?.account == 1 })
        for ticket in 6...7 { run.ask(UInt64(ticket), model: 0, at: 4) }
        #expect(Set((6...7).compactMap { run.grants[$0]?.account }) == [0, 1])
        run.settle(2, .barred(reason: "no access either"), at: 5)
        run.ask(8, model: 1, at: 6)
        #expect(run.refusals[8] == .barred(reasons: ["a-0: no access", "b-0: no access either"]))
        run.ask(9, model: 0, at: 6)
        #expect(run.grants[9] != nil)
    }

    @Test func `an account that does not have a model is not asked for it`() {
        var first = AdmissionPolicy.Account(name: "a", credentials: ["a-0"])
        first.models = [0]
        var run = Harness([first, AdmissionPolicy.Account(name: "b", credentials: ["b-0"])])
        for ticket in 1...4 { run.ask(UInt64(ticket), model: 1) }
        run.run(until: 1)
        #expect((1...4).allSatisfy { run.grants[$0]?.account == 1 })
    }
}
