import SluiceCore
import SluiceScheduling
import Testing

struct TrustTests {
    @Test func `a refusal costs three percent and comes back by a fifth of a percent every five seconds`() {
        var trust = Trust()
        let result1 = trust.recovered(now: at(0))
        #expect(result1 == nil)
        let isBelieved = trust.cut(now: at(0))
        #expect(isBelieved)
        #expect(abs(trust.fraction - 0.97) < 1e-9)
        let result2 = trust.recovered(now: at(5))
        #expect(result2.map { abs($0 - 0.972) < 1e-9 } == true)
        let result3 = trust.recovered(now: at(1000))
        #expect(result3 == 1)
    }

    @Test func `a second refusal within ten seconds says that the limit is wrong`() {
        var trust = Trust()
        _ = trust.cut(now: at(0))
        let soon = trust.cut(now: at(9))
        #expect(!soon)
        var other = Trust()
        _ = other.cut(now: at(0))
        let late = other.cut(now: at(11))
        #expect(late)
    }
}
