import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Errors whose reply does not come whole: the status says what they mean, and nothing was paid for them.
@Suite struct DamagedRefusalTests {
    private static let damages: [Fault.Kind] = [
        .truncate(.length), .truncate(.chunked), .truncate(.json), .gzip(.broken), .gzip(.bomb(64 << 20)),
        .size(40_000_000), .chunked(.badSize), .close(.head), .close(.body),
    ]

    @Test(arguments: damages)
    func `a status that passes is tried again and costs nothing`(damage: Fault.Kind) async throws {
        try await Ordeal(Ordeal.first(Fault(damage, of: .usual(503)))).expectAllAnswered(attempts: 2, isPaid: false)
    }

    @Test(arguments: damages)
    func `a refusal for the rate uses no attempt, and its wait is kept`(damage: Fault.Kind) async throws {
        let refusal = Refusal.usual(429, retryAfter: .seconds(1))
        let ordeal = try await Ordeal([FaultRule(.init(prompt: "item-7", nth: 1...1), Fault(damage, of: refusal))])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(try ordeal.attempts([7]) == [1])
        #expect(ordeal.summary.counts.refused == 1 && ordeal.summary.counts.possiblyPaidTwice == 0)
        #expect(ordeal.summary.elapsed >= .seconds(1))
    }

    @Test(arguments: [400, 413, 422])
    func `a request that is refused for itself is not sent again`(status: Int) async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.truncate(.length), of: .usual(status)), tries: 100))
        try ordeal.expectVictimsFail(class: "FINAL", status: status, code: nil)
        #expect(ordeal.askedAgain == [:] && ordeal.summary.counts.possiblyPaidTwice == 0)
    }

    @Test func `a key that is refused twice is retired`() async throws {
        let rule = FaultRule(.init(key: "0001"), Fault(.truncate(.length), of: .usual(401)))
        let ordeal = try await Ordeal([rule], keys: ["sk-test-0001", "sk-test-0002"])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == Ordeal.rows && ordeal.summary.counts.possiblyPaidTwice == 0)
        #expect(ordeal.ledger.count { $0.status == 401 } <= 16)
    }

    @Test func `one that stalls ends with the timeout, and is what it said`() async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.stall(.body, nil), of: .usual(503)))) { _ in
        } job: {
            $0.timeout = .seconds(3)
        }
        try ordeal.expectAllAnswered(attempts: 2, isPaid: false)
    }
}
