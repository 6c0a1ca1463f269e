import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// All faults at once.
@Suite struct ChaosTests {
    private static let kinds: [Fault] =
        [
            .error(.usual(500)), .error(.usual(503, retryAfter: .milliseconds(10))), .error(.usual(200)), .page(502),
            .error(.usual(429, retryAfter: .milliseconds(10))), .body("busy", status: 200), .reset(.before),
            .reset(.head), .reset(.body), .close(.before), .close(.head), .close(.body),
            .stall(.body, .milliseconds(20)),
            .stall(.head, nil), .truncate(.length), .truncate(.chunked), .truncate(.json), .length(-3), .length(40),
            .chunked(.extensions), .chunked(.trailers), .chunked(.bytes), .chunked(.badSize), .chunked(.both),
            .interim(3), .twice, .again(.milliseconds(1)), .size(200_000), .drip(bytes: 100, every: .milliseconds(2)),
        ].map { Fault($0) }

    @Test(arguments: [1, 2] as [UInt64])
    func `a provider that does everything wrong loses no row and mixes none up`(seed: UInt64) async throws {
        let rules = Self.kinds.map { FaultRule(.init(rate: 0.012), $0) }
        let ordeal = try await Ordeal(rules) { options in
            options.seed = seed
            options.latency = .init(median: .milliseconds(3), sigma: 0.5)
        } job: { options in
            // Whoever hangs waits for its end, and nobody else on a machine that is busy otherwise.
            options.timeout = .seconds(10)
            options.maxAttempts = 12
        }
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(try ordeal.job.ids() == Array(1...Ordeal.rows))
        #expect(Set(ordeal.ledger.compactMap(\.fault)).count > 5)
        #expect(ordeal.summary.counts.attempts == ordeal.ledger.count)
        // What is asked on a connection on which a reply comes again is refused by us, however it would have been answered.
        let astray = ordeal.ledger.count { $0.fault == "again" }
        let lost = ordeal.lostPayments
        #expect((lost...lost + astray).contains(ordeal.summary.counts.possiblyPaidTwice), "\(lost), \(astray)")
    }
}
