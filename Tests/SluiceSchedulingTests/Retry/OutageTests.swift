import SluiceCore
import SluiceScheduling
import Testing

struct OutageTests {
    private var random = SplitMix64(seed: 1)

    @Test mutating func `tries come one at a time at growing distances up to fifteen seconds`() {
        var outage = Outage(waitReady: .seconds(3600))
        let result1 = outage.fail(0, reason: "refused", now: at(0), using: &random)
        #expect(result1)
        var clock = 0.0
        for (grant, whole) in [(1, 1.0), (2, 2), (3, 4), (4, 8), (5, 15), (6, 15)] as [(UInt64, Double)] {
            let wait = (outage.due - at(clock)).seconds
            #expect(wait >= whole / 2 && wait <= whole)
            clock += wait
            outage.probe(grant)
            #expect(outage.due == .never)
            let result2 = outage.fail(grant, reason: "refused", now: at(clock), using: &random)
            #expect(!result2)
        }
    }

    @Test mutating func `requests that were on their way do not hasten or delay the tries`() {
        var outage = Outage(waitReady: .seconds(60))
        _ = outage.fail(1, reason: "refused", now: at(0), using: &random)
        let due = outage.due
        let result3 = outage.fail(2, reason: "refused", now: at(0.1), using: &random)
        #expect(!result3)
        #expect(outage.due == due)
    }

    @Test mutating func `a late answer to a request from before the loss proves nothing`() {
        var outage = Outage(waitReady: .seconds(60))
        _ = outage.fail(1, reason: "refused", now: at(10), using: &random)
        let result4 = outage.answer(7, sentAt: at(9), now: at(10.5))
        #expect(result4 == nil)
        #expect(!outage.isReachable)
        outage.probe(8)
        let result5 = outage.answer(8, sentAt: at(11), now: at(11.5))
        #expect(result5 == .seconds(1.5))
        #expect(outage.isReachable)
    }

    @Test mutating func `an endpoint that never answered is given up, one that answered is not`() {
        var never = Outage(waitReady: .seconds(60))
        _ = never.fail(1, reason: "no such host", now: at(0), using: &random)
        let result6 = never.expire(now: at(59.9))
        #expect(!result6)
        #expect(never.deadline == at(60))
        let result7 = never.expire(now: at(60))
        #expect(result7)
        #expect(never.givenUp == "no such host")

        var once = Outage(waitReady: .seconds(60))
        _ = once.answer(1, sentAt: at(0), now: at(0.1))
        _ = once.fail(2, reason: "refused", now: at(1), using: &random)
        #expect(once.deadline == .never)
        let result8 = once.expire(now: at(10_000))
        #expect(!result8)
    }

    @Test mutating func `a try that was not sent makes room for another`() {
        var outage = Outage(waitReady: .seconds(60))
        _ = outage.fail(1, reason: "refused", now: at(0), using: &random)
        outage.probe(2)
        outage.withdraw(2, now: at(3))
        #expect(outage.due == at(3))
    }
}
