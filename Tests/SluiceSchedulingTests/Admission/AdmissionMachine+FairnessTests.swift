import SluiceCore
import SluiceScheduling
import Testing

/// Large requests among small ones: passed for a while, never starved.
struct AdmissionMachineFairnessTests {
    private func run(_ accounts: Int, tokensPerMinute: Double) -> Harness {
        Harness(
            (0..<accounts).map {
                AdmissionPolicy.Account(
                    name: "\($0)", limits: Limits(tokensPerMinute: tokensPerMinute), credentials: ["key \($0)"])
            }, concurrency: 10_000)
    }

    private func sent(_ run: Harness, _ ticket: UInt64) -> Double {
        run.grants[ticket].map { Double($0.sentAt.nanoseconds) / 1e9 } ?? .infinity
    }

    @Test func `a large request waits at most twice its own refill time while small ones pass`() {
        var run = run(1, tokensPerMinute: 200_000)
        run.ask(1, tokens: 60_000)
        for ticket in 2...3000 { run.ask(UInt64(ticket), tokens: 400) }
        run.run(until: 120)
        // 18 s to refill 60,000 tokens.
        #expect(sent(run, 1) > 17 && sent(run, 1) <= 36.1, "\(sent(run, 1))")
        #expect(run.order.firstIndex(of: 1) ?? 0 > 50)
        // In total nothing is lost.
        let tokens = run.order.reduce(0) { $0 + (run.grants[$1]?.tokens.total ?? 0) }
        #expect(Double(tokens) >= 0.995 * 400_000)
    }

    @Test func `a large request waits only for itself when nothing else is there`() {
        var run = run(1, tokensPerMinute: 200_000)
        run.ask(1, tokens: 60_000)
        run.run(until: 40)
        #expect(abs(sent(run, 1) - 17.8) < 0.3)
    }

    @Test func `a request that only one account can carry holds up nobody on the others`() {
        var run = Harness(
            [
                AdmissionPolicy.Account(name: "a", limits: Limits(tokensPerMinute: 30_000), credentials: ["a-0"]),
                AdmissionPolicy.Account(name: "b", limits: Limits(concurrency: 1), credentials: ["b-0"]),
            ], concurrency: 10_000)
        run.ask(1, tokens: 40_000)
        run.ask(2, tokens: 40_000)
        for ticket in 3...300 { run.ask(UInt64(ticket), tokens: 100) }
        run.run(until: 60)
        #expect(run.grants[1]?.account == 1)
        #expect(run.grants[2] == nil)
        // The first account goes at its own full pace.
        #expect((290...298).contains(run.grants.count - 1))
        #expect(run.grants.values.filter { $0.account == 1 }.count == 1)
        run.settle(1, .answered(tokens: nil), at: 60)
        #expect(run.grants[2]?.account == 1)
    }

    @Test func `a day that is used up for one request ends nothing for smaller ones`() {
        var limits = Limits()
        limits.requestsPerDay = 1
        var other = AdmissionPolicy.Account(name: "b", limits: limits, credentials: ["b-0"])
        other.dayEnds = at(5000)
        var policy = AdmissionPolicy(
            accounts: [
                AdmissionPolicy.Account(name: "a", limits: Limits(tokensPerMinute: 30_000), credentials: ["a-0"]),
                other,
            ], concurrency: 10_000)
        policy.dayPatience = .seconds(5)
        var run = Harness(policy)
        run.ask(1, tokens: 40_000)
        run.settle(1, .answered(tokens: nil), at: 0.1)
        run.ask(2, tokens: 40_000, at: 0.2)
        for ticket in 3...100 { run.ask(UInt64(ticket), tokens: 100, at: 0.2) }
        run.run(until: 60)
        guard case .dayUsedUp(_, _, concernsModel: false) = run.refusals[2] else {
            Issue.record("\(run.refusals)")
            return
        }
        #expect(run.refusals.count == 1)
        #expect(run.grants.count == 99)
    }

    @Test func `retries do not push a large request away`() {
        var run = run(1, tokensPerMinute: 200_000)
        run.ask(1, tokens: 60_000)
        for ticket in 2...4000 { run.ask(UInt64(ticket), tokens: 400, isRetry: true, at: 0.1) }
        run.run(until: 100)
        #expect(sent(run, 1) <= 36.1)
    }

    @Test func `several large requests each get their turn`() {
        var run = run(1, tokensPerMinute: 200_000)
        for ticket in 1...3 { run.ask(UInt64(ticket), tokens: 60_000) }
        for ticket in 4...4000 { run.ask(UInt64(ticket), tokens: 400) }
        run.run(until: 200)
        for ticket in 1...3 { #expect(sent(run, UInt64(ticket)) <= 36.1 * Double(ticket)) }
    }

    @Test func `other accounts go on at full speed`() {
        var run = run(3, tokensPerMinute: 120_000)
        run.ask(1, tokens: 60_000)
        for ticket in 2...6000 { run.ask(UInt64(ticket), tokens: 400) }
        run.run(until: 60)
        #expect(sent(run, 1) <= 60.1)
        let tokens = run.order.reduce(0) { $0 + (run.grants[$1]?.tokens.total ?? 0) }
        #expect(Double(tokens) >= 0.99 * 3 * 120_000)
    }

    @Test func `a large request that is given up frees what was saved`() {
        var run = run(1, tokensPerMinute: 60_000)
        run.ask(1, tokens: 30_000)
        for ticket in 2...3 { run.ask(UInt64(ticket), tokens: 150) }
        run.send(.cancel(Ticket(1)), at: 1)
        run.ask(4, tokens: 1000, at: 1)
        run.run(until: 5)
        #expect(run.refusals == [1: .cancelled])
        #expect(sent(run, 4) <= 2.1)
    }
}
