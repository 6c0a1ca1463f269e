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
        #expect(run.notices == [.endpointLost(.unreachable("connection refused"))])
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

    @Test func `an endpoint that can be reached but fails is not back yet`() {
        var run = lost()
        run.run(until: 1.2)
        let probe = run.order[run.order.count - 1]
        #expect(run.grants[probe]?.isProbe == true)
        run.settle(probe, .failed(reason: "http 502: starting"), at: 2)
        #expect(run.snapshot(at: 2).outage == "failing: http 502: starting")
    }

    /// So many requests that fail at one moment.
    private func fail(_ tickets: ClosedRange<UInt64>, in run: inout Harness, at seconds: Double) {
        for ticket in tickets { run.settle(ticket, .failed(reason: "http 503"), at: seconds) }
    }

    @Test func `twenty requests that fail in a row open the circuit, nineteen do not`() {
        var run = Harness(concurrency: 100)
        for ticket in 1...50 { run.ask(UInt64(ticket)) }
        run.run(until: 1)
        fail(1...19, in: &run, at: 2)
        #expect(run.snapshot(at: 2).outage == nil)
        fail(20...20, in: &run, at: 2)
        #expect(run.snapshot(at: 2).outage == "failing: http 503")
        #expect(run.notices == [.endpointLost(.failing("http 503"))])
        fail(21...50, in: &run, at: 2)
        for ticket in 51...60 { run.ask(UInt64(ticket), at: 2) }
        run.run(until: 60)
        #expect(run.order.count == 51)
        run.settle(run.order[50], .answered(tokens: nil), at: 60)
        run.run(until: 61)
        #expect(run.order.count == 60)
    }

    @Test func `rows that failed before do not open it, nor do failures with an answer between them`() {
        var run = Harness(concurrency: 100)
        for ticket in 1...30 { run.ask(UInt64(ticket), isRetry: true) }
        run.run(until: 1)
        fail(1...30, in: &run, at: 2)
        for ticket in 31...69 { run.ask(UInt64(ticket), at: 2) }
        run.run(until: 3)
        fail(31...49, in: &run, at: 4)
        run.ask(70, at: 4.5)
        run.run(until: 4.6)
        run.settle(70, .answered(tokens: nil), at: 5)
        fail(50...68, in: &run, at: 6)
        #expect(run.snapshot(at: 6).outage == nil)
        fail(69...69, in: &run, at: 6)
        #expect(run.snapshot(at: 6).outage == "failing: http 503")
    }

    @Test func `when one endpoint of two is out the other takes all, and the first is tried beside it`() {
        var dead = AdmissionPolicy.Account(name: "dead")
        dead.endpoint = "a"
        var alive = AdmissionPolicy.Account(name: "alive")
        alive.endpoint = "b"
        var run = Harness([dead, alive], concurrency: 1000)
        for ticket in 1...4 { run.ask(UInt64(ticket)) }
        run.run(until: 1)
        let lost = run.order.filter { run.grants[$0]?.account == 0 }
        #expect(lost.count == 2)
        for ticket in lost { run.settle(ticket, .unreachable(reason: "connection refused"), at: 1) }
        #expect(run.notices == [.endpointLost(endpoint: "a", .unreachable("connection refused"))])
        for ticket in 5...104 { run.ask(UInt64(ticket), at: 1.1) }
        run.run(until: 1.2)
        #expect((5...104).allSatisfy { run.grants[UInt64($0)]?.account == 1 })
        #expect(run.snapshot(at: 1.2).outage == nil)
        for ticket in 105...204 { run.ask(UInt64(ticket), at: 2.2) }
        run.run(until: 2.5)
        let probes = (105...204).filter { run.grants[UInt64($0)]?.account == 0 }
        #expect(probes.count == 1)
        run.settle(UInt64(probes.first ?? 0), .answered(tokens: nil), at: 2.6)
        #expect(run.notices.last == .endpointBack(endpoint: "a", after: .seconds(1.6)))
    }

    @Test func `a credential with which all fails is left aside while the others are answered`() {
        let (begun, bad) = withTwoKeys()
        var run = begun
        #expect(bad.count == 20)
        let good = run.order.filter { !bad.contains($0) }
        run.settle(bad[0], .failed(reason: "http 500"), at: 1)
        run.settle(good[0], .answered(tokens: nil), at: 1.1)
        for ticket in bad[1..<9] { run.settle(ticket, .failed(reason: "http 500"), at: 1.2) }
        #expect(run.notices.isEmpty)
        run.settle(bad[9], .failed(reason: "http 500"), at: 1.2)
        #expect(run.notices == [.credentialLost(account: "a", credential: "bad", .failing("http 500"))])
        for ticket in 41...60 { run.ask(UInt64(ticket), at: 1.3) }
        run.run(until: 1.4)
        #expect((41...60).allSatisfy { run.grants[UInt64($0)]?.credential.credential == 1 })
        for ticket in 61...80 { run.ask(UInt64(ticket), at: 2.5) }
        let probes = (61...80).filter { run.grants[UInt64($0)]?.credential.credential == 0 }
        #expect(probes.count == 1)
        run.settle(UInt64(probes.first ?? 0), .answered(tokens: nil), at: 2.6)
        #expect(run.notices.last == .credentialBack(account: "a", credential: "bad", after: .seconds(1.6)))
    }

    /// An account of two keys with forty requests on their way, and those of its first key.
    private func withTwoKeys() -> (run: Harness, bad: [UInt64]) {
        var account = AdmissionPolicy.Account(name: "a")
        account.credentials = ["bad", "good"]
        var run = Harness([account], concurrency: 1000)
        for ticket in 1...40 { run.ask(UInt64(ticket)) }
        run.run(until: 1)
        return (run, run.order.filter { run.grants[$0]?.credential.credential == 0 })
    }

    /// An account of two keys whose first fails everything and is left aside from 1.2 s on.
    private func withBadKey() -> Harness {
        let (begun, bad) = withTwoKeys()
        var run = begun
        run.settle(bad[0], .failed(reason: "http 500"), at: 1)
        for ticket in run.order where !bad.contains(ticket) { run.settle(ticket, .answered(tokens: nil), at: 1.1) }
        for ticket in bad[1..<10] { run.settle(ticket, .failed(reason: "http 500"), at: 1.2) }
        return run
    }

    @Test func `a credential whose try could not be delivered is tried again`() throws {
        var run = withBadKey()
        for ticket in 41...60 { run.ask(UInt64(ticket), at: 2.5) }
        run.run(until: 2.51)
        let lost = try #require((41...60).first { run.grants[UInt64($0)]?.credential.credential == 0 })
        run.settle(UInt64(lost), .unreachable(reason: "connection reset"), at: 2.6)
        // The other key goes, and its rows come back to the first one.
        for ticket in 41...60 where ticket != lost {
            run.settle(UInt64(ticket), .retired(reason: "invalid key"), at: 2.7)
        }
        run.ask(61, isRetry: true, at: 2.8)
        run.run(until: 20)
        #expect(run.grants[61]?.credential.credential == 0)
        run.settle(61, .answered(tokens: nil), at: 20)
        run.ask(62, at: 20)
        run.run(until: 21)
        #expect(run.grants[62] != nil)
    }

    @Test func `late answers to a credential itself are no sign that others are answered`() {
        var account = AdmissionPolicy.Account(name: "a")
        account.credentials = ["only"]
        var run = Harness([account], concurrency: 1000)
        for ticket in 1...30 { run.ask(UInt64(ticket)) }
        run.run(until: 1)
        fail(1...1, in: &run, at: 1)
        run.settle(30, .answered(tokens: nil), at: 1.1)
        fail(2...19, in: &run, at: 1.2)
        #expect(run.notices.isEmpty)
        fail(20...20, in: &run, at: 1.2)
        #expect(run.notices == [.endpointLost(.failing("http 503"))])
    }

    @Test func `an endpoint that never answers is no loss while there is another`() {
        var dead = AdmissionPolicy.Account(name: "dead")
        dead.endpoint = "a"
        var run = Harness([dead, AdmissionPolicy.Account(name: "alive")], waitReady: .seconds(1))
        run.ask(1)
        run.ask(2)
        run.settle(1, .unreachable(reason: "connection refused"), at: 1)
        run.settle(2, .answered(tokens: nil), at: 1)
        run.ask(1, isRetry: true, at: 1)
        for ticket in 3...100 { run.ask(UInt64(ticket), at: Double(ticket)) }
        #expect(run.refusals.isEmpty)
    }
}
