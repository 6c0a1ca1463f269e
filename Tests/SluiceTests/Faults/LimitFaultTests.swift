import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Refusals for a rate, with hints that are right, wrong, or told by a wrong clock.
@Suite struct LimitFaultTests {
    private func expectAnswered(_ ordeal: Ordeal, refused: Int) throws {
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == Ordeal.rows)
        #expect(ordeal.ledger.paid == Array(1...Ordeal.rows))
        #expect(try ordeal.attemptsOfVictims() == [1, 1, 1])
        #expect(ordeal.summary.counts.refused == refused && ordeal.ledger.count(of: 429) == refused)
        #expect(ordeal.summary.counts.possiblyPaidTwice == 0)
        #expect(ordeal.summary.elapsed < .seconds(60))
    }

    @Test(
        arguments: [
            "soon", "", "-5", "0", "99999999999999999999999", "1e9", "NaN", "Thu, 01 Jan 1970 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT", "Someday, 01 Jan 2027 00:00:00 GMT",
        ])
    func `a wrong Retry-After holds nobody up`(value: String) async throws {
        let fault = Fault(.error(.usual(429)), headers: [.init("retry-after", value)])
        try expectAnswered(try await Ordeal(Ordeal.first(fault)), refused: 3)
    }

    @Test(arguments: [3600, -3600, 86_400 * 400] as [Double])
    func `a wait that is told by a wrong clock is measured by the same clock`(skew: Double) async throws {
        let fault = Fault(.error(.usual(429, retryAfter: .milliseconds(300))), clockSkew: .seconds(skew))
        let ordeal = try await Ordeal(Ordeal.first(fault))
        try expectAnswered(ordeal, refused: 3)
    }

    @Test func `a wait that is asked for is kept`() async throws {
        let ordeal = try await Ordeal([FaultRule(.init(nth: 1...1), .error(.usual(429, retryAfter: .seconds(1))))])
        #expect(ordeal.summary.counts.answered == Ordeal.rows)
        let refused = try #require(ordeal.ledger.first { $0.status == 429 })
        // Requests that were on their way when it came were sent before it was known.
        let later = ordeal.ledger.filter { $0.time > refused.time }.map(\.time.nanoseconds).sorted()
        let kept = later.filter { $0 >= refused.time.nanoseconds + 990_000_000 }
        #expect(kept.count >= Ordeal.rows - 8)
    }

    @Test(arguments: [0.5, 0.2])
    func `limits that shrink in mid-run are followed`(factor: Double) async throws {
        let ordeal = try await Ordeal([FaultRule(.init(nth: 20...20), .limits(factor))]) { options in
            options.limits = .init(requestsPerMinute: 3_000, bucketDepth: .milliseconds(200))
        }
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.ledger.paid == Array(1...Ordeal.rows))
        #expect(ordeal.summary.counts.refused == ordeal.ledger.count(of: 429))
        // 40 rows are left when it happens.
        #expect(ordeal.summary.elapsed >= .seconds(38 / (50 * factor) * 0.9))
    }
}
