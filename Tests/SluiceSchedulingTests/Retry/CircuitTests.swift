import SluiceCore
import SluiceScheduling
import Testing

struct CircuitTests {
    private var random = SplitMix64(seed: 1)

    @Test mutating func `tries come one at a time at growing distances up to fifteen seconds`() {
        var circuit = Circuit(threshold: 20, waitReady: .seconds(3600))
        let result1 = circuit.fail(0, .unreachable("refused"), isFirst: true, now: at(0), using: &random)
        #expect(result1)
        var clock = 0.0
        for (grant, whole) in [(1, 1.0), (2, 2), (3, 4), (4, 8), (5, 15), (6, 15)] as [(UInt64, Double)] {
            let wait = (circuit.due - at(clock)).seconds
            #expect(wait >= whole / 2 && wait <= whole)
            clock += wait
            circuit.probe(grant)
            #expect(circuit.due == .never)
            let result2 = circuit.fail(grant, .unreachable("refused"), isFirst: true, now: at(clock), using: &random)
            #expect(!result2)
        }
    }

    @Test mutating func `requests that were on their way do not hasten or delay the tries`() {
        var circuit = Circuit(threshold: 20, waitReady: .seconds(60))
        _ = circuit.fail(1, .unreachable("refused"), isFirst: true, now: at(0), using: &random)
        let due = circuit.due
        let result3 = circuit.fail(2, .unreachable("refused"), isFirst: true, now: at(0.1), using: &random)
        #expect(!result3)
        #expect(circuit.due == due)
    }

    @Test mutating func `a late answer to a request from before the loss proves nothing`() {
        var circuit = Circuit(threshold: 20, waitReady: .seconds(60))
        _ = circuit.fail(1, .unreachable("refused"), isFirst: true, now: at(10), using: &random)
        let result4 = circuit.answer(7, sentAt: at(9), now: at(10.5))
        #expect(result4 == nil)
        #expect(!circuit.isClosed)
        circuit.probe(8)
        let result5 = circuit.answer(8, sentAt: at(11), now: at(11.5))
        #expect(result5 == .seconds(1.5))
        #expect(circuit.isClosed)
    }

    @Test mutating func `an endpoint that never answered is given up, one that answered is not`() {
        var never = Circuit(threshold: 20, waitReady: .seconds(60))
        _ = never.fail(1, .unreachable("no such host"), isFirst: true, now: at(0), using: &random)
        let result6 = never.expire(now: at(59.9))
        #expect(!result6)
        #expect(never.deadline == at(60))
        let result7 = never.expire(now: at(60))
        #expect(result7)
        #expect(never.isGivenUp)

        var once = Circuit(threshold: 20, waitReady: .seconds(60))
        _ = once.answer(1, sentAt: at(0), now: at(0.1))
        _ = once.fail(2, .unreachable("refused"), isFirst: true, now: at(1), using: &random)
        #expect(once.deadline == .never)
        let result8 = once.expire(now: at(10_000))
        #expect(!result8)
    }

    @Test mutating func `a try that was not sent makes room for another`() {
        var circuit = Circuit(threshold: 20, waitReady: .seconds(60))
        _ = circuit.fail(1, .unreachable("refused"), isFirst: true, now: at(0), using: &random)
        circuit.probe(2)
        circuit.withdraw(2, now: at(3))
        #expect(circuit.due == at(3))
    }

    @Test mutating func `as many as may be in flight are enough, but not before the first answer`() {
        var circuit = Circuit(threshold: 20, waitReady: .seconds(60))
        func failing(_ grants: ClosedRange<UInt64>, at time: Double) -> [Bool] {
            grants.map { grant in
                circuit.fail(
                    grant, .failing("http 500"), isFirst: true, most: 3, now: SluiceSchedulingTests.at(time),
                    using: &random)
            }
        }
        let before = failing(1...19, at: 1)
        #expect(!before.contains(true))
        _ = circuit.answer(20, sentAt: at(2), now: at(3))
        let after = failing(21...23, at: 4)
        #expect(after == [false, false, true])
    }

    @Test mutating func `what never answered has its whole time to get ready once nothing gets through`() {
        var circuit = Circuit(threshold: 20, waitReady: .seconds(60))
        for grant in 1...20 as ClosedRange<UInt64> {
            _ = circuit.fail(
                grant, .failing("timeout"), isFirst: true, now: at(Double(grant) * 10), using: &random)
        }
        #expect(circuit.deadline == at(260))
    }

    @Test mutating func `of those that fail only first sends count, and an answer begins the count anew`() {
        var circuit = Circuit(threshold: 3)
        func failing(_ grant: UInt64, isFirst: Bool = true, mayOpen: Bool = true, at time: Double) -> Bool {
            circuit.fail(
                grant, .failing("http 500"), isFirst: isFirst, mayOpen: mayOpen, now: SluiceSchedulingTests.at(time),
                using: &random)
        }
        let opened1 = [failing(1, at: 1), failing(2, at: 1), failing(3, isFirst: false, at: 1)]
        #expect(opened1 == [false, false, false])
        let closed = circuit.answer(4, sentAt: at(1.5), now: at(2))
        #expect(closed == nil)
        let opened2 = [failing(5, at: 3), failing(6, at: 4), failing(7, mayOpen: false, at: 5), failing(8, at: 6)]
        #expect(opened2 == [false, false, false, true])
        #expect(circuit.trouble == .failing("http 500"))
    }

    @Test mutating func `failures that are quicker than answers do not open it`() {
        var circuit = Circuit(threshold: 10)
        var opened = false
        for grant in 0..<100 as Range<UInt64> {
            circuit.send()
            if grant % 3 == 0 {
                opened =
                    opened
                    || circuit.fail(grant, .failing("http 500"), isFirst: true, now: at(Double(grant)), using: &random)
            }
        }
        #expect(!opened)
    }

    @Test mutating func `an answer to what was sent after the failures began closes it`() {
        var circuit = Circuit(threshold: 2)
        for grant in [1, 2] as [UInt64] {
            _ = circuit.fail(grant, .failing("http 500"), isFirst: true, now: at(Double(grant)), using: &random)
        }
        let early = circuit.answer(3, sentAt: at(1), now: at(2.1))
        #expect(early == nil)
        #expect(!circuit.isClosed)
        let late = circuit.answer(4, sentAt: at(1.5), now: at(2.2))
        #expect(late == .seconds(1.2))
        #expect(circuit.isClosed)
    }

    @Test mutating func `what never answered and is misdirected is given up at once, what did after an hour`() {
        let trouble = Circuit.Trouble.misdirected("http 404", hint: nil)
        var never = Circuit(threshold: 20, waitReady: .seconds(60))
        let opens = never.fail(1, trouble, isFirst: true, now: at(1), using: &random)
        #expect(opens && never.deadline == at(1))

        var once = Circuit(threshold: 20, waitReady: .seconds(60))
        _ = once.answer(1, sentAt: at(0), now: at(0.1))
        let first = once.fail(2, trouble, isFirst: true, now: at(1), using: &random)
        let second = once.fail(3, trouble, isFirst: false, now: at(2), using: &random)
        #expect(!first && second)
        #expect(once.deadline == at(3602))
    }

    @Test mutating func `an outage that becomes a page has an hour from then on`() {
        var circuit = Circuit(threshold: 20, waitReady: .seconds(60))
        _ = circuit.answer(1, sentAt: at(0), now: at(0.1))
        _ = circuit.fail(2, .unreachable("refused"), isFirst: true, now: at(1), using: &random)
        circuit.probe(3)
        _ = circuit.fail(3, .misdirected("http 404", hint: nil), isFirst: true, now: at(5000), using: &random)
        #expect(circuit.deadline == at(8600))
    }

    @Test mutating func `the last call lets all through until an answer, and is for what arrives and fails`() {
        var circuit = Circuit(threshold: 2)
        _ = circuit.answer(1, sentAt: at(0), now: at(0.1))
        for grant in [2, 3] as [UInt64] {
            _ = circuit.fail(grant, .failing("http 500"), isFirst: true, now: at(1), using: &random)
        }
        #expect(circuit.lastCall(after: .seconds(600)) == at(601))
        circuit.callLast()
        #expect(circuit.due < at(0) && !circuit.isTried && !circuit.isClosed)
        circuit.tryAgain(now: at(700))
        #expect(circuit.due == at(700) && circuit.lastCall(after: .seconds(600)) == at(1300))
        circuit.callLast()
        let span = circuit.answer(9, sentAt: at(710), now: at(711))
        #expect(span == .seconds(710) && circuit.isClosed)

        var unreachable = Circuit(threshold: 2)
        _ = unreachable.answer(1, sentAt: at(0), now: at(0.1))
        _ = unreachable.fail(2, .unreachable("refused"), isFirst: true, now: at(1), using: &random)
        #expect(unreachable.lastCall(after: .seconds(600)) == .never)
    }

    @Test mutating func `a last call to what cannot be reached any more ends`() {
        var circuit = Circuit(threshold: 1)
        _ = circuit.answer(1, sentAt: at(0), now: at(0.1))
        for grant in 2...4 as ClosedRange<UInt64> {
            _ = circuit.fail(grant, .failing("http 500"), isFirst: true, now: at(1), using: &random)
        }
        circuit.callLast()
        let opens = circuit.fail(5, .unreachable("refused"), isFirst: false, now: at(700), using: &random)
        #expect(!opens && circuit.isTried && circuit.due > at(700))
        #expect(circuit.trouble == .unreachable("refused"))
    }
}
