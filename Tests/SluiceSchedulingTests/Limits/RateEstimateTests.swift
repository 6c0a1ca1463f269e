import SluiceCore
import SluiceScheduling
import Testing

struct RateEstimateTests {
    /// A log of sends at these moments, as a bucket judges them.
    private func log(_ moments: [Double], rate: Double, depth: Double) -> SendLog {
        var server = SimulatedServer(.bucket(perSecond: rate, depth: depth))
        var log = SendLog()
        for moment in moments {
            log.add(now: at(moment))
            if server.judge(at: moment) == .refused { log.refuse(sentAt: at(moment)) }
        }
        return log
    }

    /// A burst at the beginning, a rest, then a growing rate up to the second refusal.
    private func twoEpisodes(rate: Double, depth: Double) -> SendLog {
        var server = SimulatedServer(.bucket(perSecond: rate, depth: depth))
        var log = SendLog()
        var clock = 0.0
        var pause = 0.1 / rate
        for _ in 0..<2 {
            while true {
                log.add(now: at(clock))
                let verdict = server.judge(at: clock)
                if verdict == .refused {
                    log.refuse(sentAt: at(clock))
                    break
                }
                clock += pause
                pause *= clock > 1 ? 0.97 : 1
            }
            clock += 1 + depth / rate
            pause = 5 / rate
        }
        return log
    }

    @Test func `says nothing without a refusal`() {
        #expect(RateEstimate(SendLog()) == nil)
        #expect(RateEstimate(log([0, 1, 2], rate: 10, depth: 1)) == nil)
    }

    @Test(arguments: [(12.0, 1.0), (37, 4), (100, 10), (100, 100), (730, 73), (2000, 200)])
    func `two episodes pin down rate and depth`(rate: Double, depth: Double) throws {
        let estimate = try #require(RateEstimate(twoEpisodes(rate: rate, depth: depth)))
        #expect(estimate.misfit == 0)
        #expect(estimate.low <= rate * 1.001)
        #expect(estimate.high >= rate * 0.999)
        #expect(estimate.depth.lowerBound <= depth + 1.01)
        #expect(estimate.depth.upperBound >= depth)
    }

    @Test func `a single episode leaves the rate open downwards`() throws {
        let estimate = try #require(
            RateEstimate(log((0..<20).map { Double($0) * 0.001 }, rate: 100, depth: 10)))
        #expect(estimate.low < 1)
        #expect(estimate.high >= 100)
    }

    @Test func `a log that contradicts every bucket has a misfit`() throws {
        // A burst of forty passes, and later a single request after a long rest does not.
        var log = SendLog()
        for index in 0..<40 { log.add(now: at(Double(index) * 0.001)) }
        log.add(now: at(1))
        log.add(now: at(300))
        log.refuse(sentAt: at(300))
        for index in 1...40 { log.add(now: at(600 + Double(index) * 0.001)) }
        let estimate = try #require(RateEstimate(log))
        #expect(estimate.misfit > 10)
    }

    @Test func `a known depth narrows what a truncated log leaves open`() throws {
        var log = SendLog(capacity: 256)
        var server = SimulatedServer(.bucket(perSecond: 100, depth: 10))
        var clock = 0.0
        while server.refused == 0 {
            log.add(now: at(clock))
            if server.judge(at: clock) == .refused { log.refuse(sentAt: at(clock)) }
            clock += clock < 5 ? 1 / 90.0 : 1 / 125.0
        }
        #expect(log.isTruncated)
        let known = try #require(RateEstimate(log, depth: 10.5...11.5))
        #expect(known.low < 100 && known.low > 90)
        #expect(known.high > 100 && known.high < 110)
    }

    @Test(arguments: [64, 200, 500])
    func `a log that was truncated while the bucket was filling still holds the rate`(capacity: Int) throws {
        var log = SendLog(capacity: capacity)
        var server = SimulatedServer(.bucket(perSecond: 100, depth: 10))
        var clock = 0.0
        var pace = 97.0
        for _ in 0..<20_000 {
            log.add(now: at(clock))
            if server.judge(at: clock) == .refused {
                log.refuse(sentAt: at(clock))
                pace = 97
                let estimate = try #require(RateEstimate(log, depth: 10.5...11.5))
                #expect(estimate.misfit == 0)
                #expect(estimate.low < 100 && estimate.high > 100)
            }
            clock += 1 / pace
            pace *= 1.00002
        }
        #expect(log.isTruncated)
        #expect(server.refused >= 5)
    }
}
