import SluiceCore
import SluiceScheduling
import Testing

struct AdmissionMachineOutageTests {
    private func lost() -> Harness {
        var run = Harness([AdmissionPolicy.Account(name: "a"), AdmissionPolicy.Account(name: "b")])
        for ticket in 1...5 { run.ask(UInt64(ticket)) }
        run.run(until: 0.009)
        for ticket in 1...5 {
            run.settle(UInt64(ticket), .unreachable(reason: "connection refused"), at: 0.01)
            run.ask(UInt64(ticket), isRetry: true, at: 0.01)
        }
        return run
    }

    @Test func `an endpoint that cannot be reached is tried by one request at a time`() {
        var run = lost()
        let before = run.order.count
        #expect(run.notices == [.endpointLost(reason: "connection refused")])
        run.run(until: 1.2)
        #expect(run.order.count == before + 1)
        run.run(until: 30)
        #expect(run.order.count == before + 1)
        #expect(run.waiting(at: 30)?.text == "endpoint unreachable: connection refused, trying")
        run.settle(run.order[before], .unreachable(reason: "connection refused"), at: 30)
        let text = run.waiting(at: 30)?.text ?? ""
        #expect(text.hasPrefix("endpoint unreachable: connection refused, next try in 1"))
    }

    @Test func `the first answer brings everything back`() {
        var run = lost()
        run.run(until: 1.2)
        let probe = run.order[run.order.count - 1]
        run.settle(probe, .answered(tokens: nil), at: 5.01)
        run.run(until: 5.1)
        #expect(run.snapshot(at: 5.1).outage == nil)
        #expect(run.snapshot(at: 5.1).waiting == 0)
        #expect(run.notices.last == .endpointBack(after: .seconds(5)))
    }

    @Test func `after the return the opening ramp begins anew`() {
        var run = Harness(concurrency: 100)
        for ticket in 1...100 { run.ask(UInt64(ticket)) }
        run.run(until: 1)
        for ticket in 1...100 { run.settle(UInt64(ticket), .unreachable(reason: "gone"), at: 2) }
        for ticket in 1...100 { run.ask(UInt64(ticket), isRetry: true, at: 2) }
        run.run(until: 3)
        let probe = run.order[run.order.count - 1]
        #expect(run.order.count == 101)
        run.settle(probe, .answered(tokens: nil), at: 3)
        run.run(until: 3.0099)
        #expect(run.order.count - 101 <= 5)
        run.run(until: 3.2)
        #expect(run.order.count - 101 == 99)
    }

    @Test func `an endpoint that never answers is given up after the time to get ready`() {
        var run = Harness(waitReady: .seconds(10))
        run.ask(1)
        run.settle(1, .unreachable(reason: "no such host"), at: 1)
        run.ask(1, isRetry: true, at: 1)
        run.ask(2, at: 1)
        var clock = 1.0
        while run.refusals.isEmpty, clock < 100 {
            clock += 0.1
            run.run(until: clock)
            for ticket in [1, 2] as [UInt64] where run.grants[ticket]?.sentAt ?? at(0) > at(clock - 0.1) {
                run.settle(ticket, .unreachable(reason: "no such host"), at: clock)
                run.ask(ticket, isRetry: true, at: clock)
            }
        }
        #expect(abs(clock - 11) < 0.2)
        #expect(run.refusals == [1: .unreachable(reason: "no such host"), 2: .unreachable(reason: "no such host")])
        run.ask(3, at: clock + 1)
        #expect(run.refusals[3] == .unreachable(reason: "no such host"))
    }

    @Test func `an endpoint that answered before is waited for`() {
        var run = Harness(waitReady: .seconds(10))
        run.ask(1)
        run.settle(1, .answered(tokens: nil), at: 0.5)
        run.ask(2, at: 1)
        run.settle(2, .unreachable(reason: "refused"), at: 1)
        run.ask(2, isRetry: true, at: 1)
        run.run(until: 500)
        #expect(run.refusals.isEmpty)
    }

    @Test func `a failed probe shows that the endpoint takes requests again`() {
        var run = lost()
        run.run(until: 1.2)
        run.settle(run.order[run.order.count - 1], .failed, at: 2)
        #expect(run.snapshot(at: 2).outage == nil)
    }
}
