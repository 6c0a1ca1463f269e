import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Oddities that are allowed, or at least do no harm: the row is answered at the first try.
@Suite struct HarmlessFaultTests {
    @Test(arguments: [Fault.Chunking.plain, .extensions, .trailers, .upper, .bytes])
    func `chunks of every allowed shape are read`(chunking: Fault.Chunking) async throws {
        try await Ordeal(Ordeal.first(Fault(.chunked(chunking)))).expectAllAnswered(attempts: 1, isPaid: false)
    }

    @Test func `interim responses are passed over`() async throws {
        try await Ordeal(Ordeal.first(Fault(.interim(12)))).expectAllAnswered(attempts: 1, isPaid: false)
    }

    @Test func `the second of two replies answers nobody`() async throws {
        try await Ordeal([FaultRule(.twice)]) { _ in
        } job: {
            $0.concurrency = 3
        }.expectAllAnswered(attempts: 1, isPaid: false)
    }

    @Test(arguments: [2, 8, 20])
    func `a reply that comes again later answers nobody either`(pause: Int) async throws {
        // Every other reply comes again when the next request is on its way, and not yet answered.
        let rules = stride(from: 1, to: 10 * Ordeal.rows, by: 2).map {
            FaultRule(.init(nth: $0...$0), .again(.milliseconds(pause)))
        }
        let ordeal = try await Ordeal(rules) { options in
            options.latency = .fixed(.milliseconds(12))
        } job: {
            $0.concurrency = 3
            $0.maxAttempts = 1
        }
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == Ordeal.rows)
        // What stood behind the second reply was lost with its connection.
        #expect(ordeal.summary.counts.possiblyPaidTwice > 0)
        #expect(ordeal.summary.counts.possiblyPaidTwice >= ordeal.lostPayments)
        #expect(ordeal.summary.counts.attempts >= ordeal.ledger.count)
    }

    @Test(
        arguments: [
            Fault(.stall(.before, .milliseconds(50))), Fault(.stall(.head, .milliseconds(50))),
            Fault(.stall(.body, .milliseconds(50))), Fault(.drip(bytes: 50, every: .milliseconds(5))),
            Fault(.none, delay: .milliseconds(50)), Fault(.none, clockSkew: .seconds(-86_400 * 400)),
            Fault(.none, headers: [.init("retry-after", "3600"), .init("x-ratelimit-remaining-requests", "")]),
        ])
    func `what is late, or says odd things about itself, is an answer`(fault: Fault) async throws {
        try await Ordeal(Ordeal.first(fault)).expectAllAnswered(attempts: 1, isPaid: false)
    }

    @Test(arguments: [201, 203])
    func `an answer inside another success is an answer`(status: Int) async throws {
        let body = #"{"choices":[{"message":{"content":"Answer to item-7: so"},"finish_reason":"stop"}]}"#
        let ordeal = try await Ordeal([FaultRule(.init(prompt: "item-7"), .body(body, status: status))])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.ledger.count == Ordeal.rows && ordeal.summary.counts.possiblyPaidTwice == 0)
    }

    @Test func `a large answer below the cap is taken whole`() async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.size(20_000_000))))
        try ordeal.expectAllAnswered(attempts: 1, isPaid: false)
        let sizes = try ordeal.job.answers().compactMap { $0["output"]?.string?.utf8.count }.filter { $0 > 1_000 }
        #expect(sizes.count == 3 && sizes.allSatisfy { $0 > 19_990_000 })
    }

    @Test func `connections that end after each answer cost rows nothing but time`() async throws {
        let ordeal = try await Ordeal([FaultRule(.close(.after))])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == Ordeal.rows)
        #expect(ordeal.lostPayments == 0)
        // What was written to a connection that had ended may be in doubt for the client, but was never seen.
        let unseen = ordeal.summary.counts.attempts - ordeal.ledger.count
        #expect(unseen >= 0 && ordeal.summary.counts.possiblyPaidTwice <= unseen)
    }
}
