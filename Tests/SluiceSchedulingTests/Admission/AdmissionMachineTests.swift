import SluiceCore
import SluiceScheduling
import Testing

struct AdmissionMachineTests {
    private let slow = Limits(requestsPerMinute: 60)

    private func account(_ name: String, _ limits: Limits = Limits(), keys: Int = 1) -> AdmissionPolicy.Account {
        AdmissionPolicy.Account(name: name, limits: limits, credentials: (0..<keys).map { "\(name)-\($0)" })
    }

    @Test func `the first request goes at once and the next when its time has come`() {
        var run = Harness([account("a", slow)])
        run.ask(1)
        run.ask(2)
        #expect(run.order == [1])
        #expect(run.wake == at(1))
        #expect(run.waiting(at: 0.25)?.text == "requests/min of a, 750ms")
        run.send(.timer, at: 1)
        #expect(run.order == [1, 2])
        #expect(run.waiting(at: 1) == nil)
    }

    @Test func `a timer that fires early or for nothing does no harm`() {
        var run = Harness([account("a", slow)])
        run.send(.timer, at: 0)
        run.ask(1)
        run.ask(2)
        run.send(.timer, at: 0.9)
        #expect(run.order == [1])
        #expect(run.wake == at(1))
        #expect(run.wakes == 2)
        run.run(until: 1)
        #expect(run.order == [1, 2])
    }

    @Test func `requests go in order of arrival, retries before fresh ones`() {
        var run = Harness([account("a", slow)])
        for ticket in 1...3 { run.ask(UInt64(ticket)) }
        run.ask(9, isRetry: true, at: 0.5)
        run.run(until: 10)
        #expect(run.order == [1, 9, 2, 3])
    }

    @Test func `a back-off holds up nobody and goes first when it is over`() {
        var run = Harness([account("a", slow)])
        run.ask(1, notBefore: 2.5, isRetry: true)
        #expect(run.waiting(at: 0.5)?.cause == .backoff)
        for ticket in 2...6 { run.ask(UInt64(ticket)) }
        run.run(until: 10)
        #expect(run.order == [2, 3, 4, 1, 5, 6])
    }

    @Test func `the least recently used of the keys that are free is chosen`() {
        var run = Harness([account("a", keys: 2), account("b"), account("c")])
        for ticket in 1...4 { run.ask(UInt64(ticket), at: Double(ticket)) }
        #expect((1...4).map { run.grants[$0]?.account } == [0, 1, 2, 0])
        #expect(run.grants[1]?.credential.credential == 0)
        #expect(run.grants[4]?.credential.credential == 1)
    }

    @Test func `keys of one account share its limits`() {
        var run = Harness([account("a", slow, keys: 3)])
        for ticket in 1...3 { run.ask(UInt64(ticket)) }
        #expect(run.order == [1])
    }

    @Test func `the total limit holds over all accounts`() {
        var run = Harness(
            AdmissionPolicy(
                accounts: [account("a"), account("b")], concurrency: 10, requestsPerMinute: 60))
        run.ask(1)
        run.ask(2)
        #expect(run.order == [1])
        #expect(run.waiting(at: 0)?.cause == .totalRequestsPerMinute)
        run.run(until: 1)
        #expect(run.order == [1, 2])
    }

    @Test func `concurrency holds per account and in total`() {
        var run = Harness([account("a", Limits(concurrency: 1)), account("b", Limits(concurrency: 5))], concurrency: 3)
        for ticket in 1...5 { run.ask(UInt64(ticket)) }
        run.run(until: 1)
        #expect(run.order == [1, 2, 3])
        #expect(run.snapshot(at: 1).accounts.map(\.inFlight) == [1, 2])
        #expect(run.waiting(at: 1)?.text == "a free slot")
        run.settle(1, .answered(tokens: nil), at: 1)
        #expect(run.order == [1, 2, 3, 4])
        #expect(run.snapshot(at: 1).accounts.map(\.inFlight) == [1, 2])
    }

    @Test func `an account without free places says so`() {
        var run = Harness([account("a", Limits(concurrency: 1))])
        run.ask(1)
        run.ask(2)
        #expect(run.waiting(at: 0)?.text == "concurrency of a")
    }

    @Test func `a grant settles once`() {
        var run = Harness([account("a", Limits(concurrency: 1))])
        for ticket in 1...3 { run.ask(UInt64(ticket)) }
        run.settle(1, .answered(tokens: nil), at: 1)
        run.run(until: 1.1)
        run.settle(1, .answered(tokens: nil), at: 1.2)
        #expect(run.order == [1, 2])
        #expect(run.snapshot(at: 2).inFlight == 1)
    }

    @Test func `a request larger than every limit is refused at once, one that fits somewhere waits for it`() {
        var run = Harness([
            account("small", Limits(tokensPerMinute: 1000)), account("large", Limits(tokensPerMinute: 6000)),
        ])
        run.ask(1, tokens: 6001)
        #expect(run.refusals[1] == .tooLarge(needs: 6001, limit: 6000))
        run.ask(2, tokens: 5000)
        #expect(run.waiting(at: 0)?.cause == .tokensPerMinute(account: "large"))
        run.run(until: 60)
        #expect(run.grants[2]?.account == 1)
        #expect(run.grants[2]?.sentAt ?? .never > at(49))
    }

    @Test func `a request that fits only a retired account is refused when that goes`() {
        var run = Harness([
            account("small", Limits(tokensPerMinute: 1000)), account("large", Limits(tokensPerMinute: 6000)),
        ])
        run.ask(1, tokens: 15)
        #expect(run.grants[1]?.account == 1)
        run.ask(2, tokens: 5000, at: 0.1)
        run.ask(3, tokens: 10, at: 0.1)
        run.settle(1, .retired(reason: "no money"), at: 2)
        run.run(until: 3)
        #expect(run.refusals == [2: .tooLarge(needs: 5000, limit: 1000)])
        #expect(run.grants[3] != nil)
    }

    @Test func `tokens are settled by what was used`() {
        var run = Harness([account("a", Limits(tokensPerMinute: 60_000))])
        run.ask(1, tokens: 200)
        run.settle(1, .answered(tokens: TokenUse(input: 1200)), at: 0)
        run.ask(2, tokens: 100)
        #expect(run.grants[2] == nil)
        run.run(until: 1.0)
        #expect(run.grants[2] == nil)
        run.run(until: 1.2)
        #expect(run.grants[2] != nil)
    }

    @Test func `a failed request keeps its tokens, one that was not sent gives everything back`() {
        for (settlement, isFree) in [(Settlement.failed(reason: "http 500"), false), (.returned, true)] {
            var run = Harness([account("a", Limits(requestsPerMinute: 60, tokensPerMinute: 60_000))])
            run.ask(1, tokens: 200)
            run.settle(1, settlement, at: 0)
            run.ask(2, tokens: 200)
            #expect((run.grants[2] != nil) == isFree)
            #expect(run.snapshot(at: 0).accounts[0].granted == 1)
        }
    }

    @Test func `a throttled account rests exactly as long as asked while the others go on`() {
        var run = Harness([account("a"), account("b")])
        run.ask(1)
        run.settle(1, .throttled(wait: .seconds(3)), at: 0.1)
        run.ask(1, isRetry: true, at: 0.1)
        for ticket in 2...5 { run.ask(UInt64(ticket), at: 0.2) }
        run.run(until: 3.0)
        #expect((1...5).allSatisfy { run.grants[$0]?.account == 1 })
        #expect(run.snapshot(at: 1).accounts[0].state == .throttled(until: at(3.1)))
        #expect(run.snapshot(at: 1).accounts[0].throttled == 1)
        run.ask(6, at: 3.1)
        #expect(run.grants[6]?.account == 0)
    }

    @Test func `what rests says so`() {
        var run = Harness([account("lab")])
        run.ask(1)
        run.settle(1, .throttled(wait: .seconds(3)), at: 0)
        run.ask(1, isRetry: true)
        #expect(run.waiting(at: 1)?.text == "retry-after of lab, 2s")
        #expect(run.wake == at(3))
    }

    @Test func `a retried request goes elsewhere if it can, and back if it must`() {
        let failed = CredentialIndex(account: 0, credential: 0)
        var both = Harness([account("a"), account("b")])
        for ticket in 1...6 { both.ask(UInt64(ticket), avoiding: failed, isRetry: true, at: Double(ticket)) }
        #expect(both.order.allSatisfy { both.grants[$0]?.account == 1 })

        var single = Harness([account("a")])
        single.ask(1, avoiding: failed, isRetry: true)
        #expect(single.grants[1]?.account == 0)

        var sibling = Harness([account("a", keys: 2)])
        for ticket in 1...4 { sibling.ask(UInt64(ticket), avoiding: failed, isRetry: true, at: Double(ticket)) }
        #expect(sibling.order.allSatisfy { sibling.grants[$0]?.credential.credential == 1 })

        var full = Harness([account("a"), account("b", Limits(concurrency: 1))])
        full.ask(1)
        full.ask(2, at: 1)
        full.ask(3, avoiding: failed, isRetry: true, at: 2)
        #expect(full.grants[3]?.account == 0)
    }

    @Test func `a retired key is never used again and its request moves on`() {
        var run = Harness([account("a"), account("b")])
        run.ask(1)
        run.settle(1, .retired(reason: "invalid"), at: 0.1)
        for ticket in 2...9 { run.ask(UInt64(ticket), at: 1) }
        run.run(until: 5)
        #expect((2...9).allSatisfy { run.grants[$0]?.account == 1 })
        #expect(run.notices.contains(.retired(account: "a", credential: "a-0", reason: "invalid", left: 1)))
        #expect(run.snapshot(at: 5).accounts[0].state == .retired(reason: "invalid"))
    }

    @Test func `when the last key goes everything that waits is refused, and all that comes`() {
        var run = Harness([account("a", slow), account("b", slow)])
        for ticket in 1...4 { run.ask(UInt64(ticket)) }
        run.ask(5, notBefore: 100)
        run.settle(1, .retired(reason: "invalid"), at: 0.1)
        #expect(run.refusals.isEmpty)
        run.settle(2, .retired(reason: "no money"), at: 0.2)
        let expected = AdmissionMachine.Refusal.exhausted(reasons: ["a-0: invalid", "b-0: no money"])
        #expect((3...5).allSatisfy { run.refusals[$0] == expected })
        run.ask(6, at: 1)
        #expect(run.refusals[6] == expected)
    }

    @Test func `a parked account is used again when its quota returns, and meanwhile everything waits`() {
        var run = Harness([account("a")])
        run.ask(1)
        run.settle(1, .parked(until: at(3600), reason: "requests per day"), at: 1)
        run.ask(1, isRetry: true, at: 1)
        #expect(run.waiting(at: 1)?.text == "quota of a (requests per day), 59m 59s")
        #expect(run.snapshot(at: 1).accounts[0].state == .parked(until: at(3600), reason: "requests per day"))
        run.run(until: 3599)
        #expect(run.order == [1])
        run.run(until: 3600)
        #expect(run.order == [1, 1])
    }

    @Test func `a cancelled request is refused once, wherever it waits`() {
        var run = Harness([account("a", slow)])
        run.ask(1)
        run.ask(2)
        run.ask(3, isRetry: true)
        run.ask(4, notBefore: 50)
        for ticket in [1, 2, 3, 4] as [UInt64] { run.send(.cancel(Ticket(ticket)), at: 0.5) }
        #expect(run.refusals == [2: .cancelled, 3: .cancelled, 4: .cancelled])
        run.send(.cancel(Ticket(2)), at: 0.6)
        run.run(until: 100)
        #expect(run.order == [1])
        #expect(run.snapshot(at: 100).waiting == 0)
    }

    @Test func `a stop refuses what waits and what comes, and still takes settlements`() {
        var run = Harness([account("a", slow)])
        run.ask(1)
        run.ask(2)
        run.ask(3, notBefore: 9)
        run.send(.stop, at: 0.5)
        #expect(run.refusals == [2: .stopped, 3: .stopped])
        run.ask(4, at: 1)
        #expect(run.refusals[4] == .stopped)
        #expect(run.snapshot(at: 1).inFlight == 1)
        run.settle(1, .answered(tokens: nil), at: 2)
        #expect(run.snapshot(at: 2).inFlight == 0)
        #expect(run.order == [1])
    }

    @Test func `refusals of what was sent before an episode say nothing of what is refused after it`() {
        func episodes(_ run: Harness) -> Int {
            run.notices.count { if case .throttled = $0 { true } else { false } }
        }
        var run = Harness()
        for ticket in 1...40 { run.ask(UInt64(ticket)) }
        run.run(until: 1)
        for ticket in 38...40 { run.settle(UInt64(ticket), .throttled(wait: .seconds(1)), at: 1) }
        #expect(episodes(run) == 1)
        for ticket in 1...20 { run.settle(UInt64(ticket), .answered(tokens: nil), at: 2) }
        run.ask(41, at: 3)
        run.run(until: 3)
        #expect(run.grants[41] != nil)
        for ticket in 21...37 { run.settle(UInt64(ticket), .throttled(wait: .seconds(1)), at: 3) }
        run.settle(41, .answered(tokens: nil), at: 3)
        for ticket in 42...80 {
            run.ask(UInt64(ticket), at: Double(ticket))
            run.run(until: Double(ticket))
            run.settle(UInt64(ticket), .answered(tokens: nil), at: Double(ticket))
        }
        run.ask(81, at: 90)
        run.run(until: 90)
        run.settle(81, .throttled(wait: .seconds(1)), at: 90)
        #expect(episodes(run) == 1)
        run.ask(82, at: 90)
        run.run(until: 90.5)
        #expect(run.grants[82] != nil)
    }

    @Test func `an unexpected refusal under a given limit cuts the pace by three percent`() {
        var run = Harness([account("a", Limits(requestsPerMinute: 600))])
        run.ask(1)
        run.settle(1, .throttled(wait: .seconds(1)), at: 0.1)
        for ticket in 1...3 { run.ask(UInt64(ticket), isRetry: true, at: 0.1) }
        run.run(until: 2)
        let gap = ((run.grants[2]?.sentAt ?? .never) - (run.grants[1]?.sentAt ?? .never)).seconds
        #expect(abs(gap - 0.1 / 0.97) < 0.001)
        #expect(run.snapshot(at: 2).accounts[0].isLearned == false)
    }

    @Test(arguments: [4, 16, 256]) func `a server that hangs does not gather all that may be in flight`(slots: Int) {
        var run = Harness(["hangs", "answers"].map { AdmissionPolicy.Account(name: $0) }, concurrency: slots)
        let rows: UInt64 = 1000
        for ticket in 1...rows { run.ask(ticket) }
        var settled = 0
        for step in 1...rows where run.order.count < rows {
            run.run(until: Double(step) / 100)
            let granted = run.order
            for ticket in granted[settled...] where run.grants[ticket]?.account == 1 {
                run.settle(ticket, .answered(tokens: nil), at: Double(step) / 100)
            }
            settled = granted.count
        }
        #expect(run.order.count == rows)
        #expect(run.snapshot(at: 100).accounts[0].credentials.map(\.inFlight).reduce(0, +) <= slots * 3 / 4)
    }
}
