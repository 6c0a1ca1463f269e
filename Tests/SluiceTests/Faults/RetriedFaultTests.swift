import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Faults after which the row is sent again, and is answered then.
@Suite struct RetriedFaultTests {
    @Test(arguments: [408, 409, 425, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529])
    func `a status that passes is tried again and costs nothing`(status: Int) async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.error(.usual(status)))))
        try ordeal.expectAllAnswered(attempts: 2, isPaid: false)
        #expect(ordeal.ledger.count(of: status) == 3)
    }

    @Test(arguments: [500, 502, 503, 524])
    func `so is a page of html from a proxy`(status: Int) async throws {
        try await Ordeal(Ordeal.first(Fault(.page(status)))).expectAllAnswered(attempts: 2, isPaid: false)
    }

    @Test(
        arguments: [
            Fault.Kind.reset(.before), .reset(.head), .reset(.body), .close(.before), .close(.head), .close(.body),
            .truncate(.length), .truncate(.chunked),
        ])
    func `a connection that ends before the answer does is counted as perhaps paid`(kind: Fault.Kind) async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(kind)))
        try ordeal.expectAllAnswered(attempts: 2, isPaid: true)
        #expect(ordeal.ledger.count { !$0.sent } == 3)
    }

    @Test(arguments: [Fault.Kind.truncate(.json), .length(-7), .body("busy", status: 200), .body("", status: 200)])
    func `a success that is not JSON is tried again, and its connection harms nobody`(kind: Fault.Kind) async throws {
        try await Ordeal(Ordeal.first(Fault(kind))).expectAllAnswered(attempts: 2, isPaid: true)
    }

    @Test(arguments: [Fault.Kind.chunked(.badSize), .chunked(.both), .interim(3000)])
    func `framing that cannot be trusted is not read`(kind: Fault.Kind) async throws {
        try await Ordeal(Ordeal.first(Fault(kind))).expectAllAnswered(attempts: 2, isPaid: true)
    }

    @Test(
        arguments: [
            Fault.Kind.stall(.before, nil), .stall(.head, nil), .stall(.body, nil), .length(9),
            .drip(bytes: 1, every: .milliseconds(100)),
        ])
    func `who waits for ever waits no longer than the timeout`(kind: Fault.Kind) async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(kind))) { _ in
        } job: {
            $0.timeout = .seconds(8)
        }
        try ordeal.expectAllAnswered(attempts: 2, isPaid: true)
        #expect(ordeal.summary.elapsed >= .seconds(8))
    }

    @Test func `an error inside a success is classified by its words`() async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.error(.usual(200)))))
        try ordeal.expectAllAnswered(attempts: 2, isPaid: true)
    }

    @Test func `a refusal inside a success uses no attempt`() async throws {
        let refusal = Refusal(200, "Rate limit reached, slow down.", type: "rate_limit", code: "rate_limit_exceeded")
        let ordeal = try await Ordeal(Ordeal.first(Fault(.error(refusal))))
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        #expect(try ordeal.attemptsOfVictims() == [1, 1, 1])
        #expect(ordeal.summary.counts.refused == 3)
    }

    @Test func `a row that no try answers fails with all of them, and no other does`() async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.error(.usual(503))), tries: 100)) { _ in
        } job: {
            $0.maxAttempts = 2
        }
        try ordeal.expectVictimsFail(class: "RETRY", status: 503, code: "server_is_overloaded")
        #expect(ordeal.askedAgain == [7: 2, 23: 2, 42: 2])
        for failure in try ordeal.job.failures() {
            #expect(failure["error"]?["attempts"]?.elements.map { $0["status"]?.int } == [503, 503])
        }
        #expect(ordeal.summary.counts.possiblyPaidTwice == 0)
    }

    @Test func `a row whose answers are always lost may be paid as often as it was sent`() async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.reset(.body)), tries: 100)) { _ in
        } job: {
            $0.maxAttempts = 3
        }
        try ordeal.expectVictimsFail(class: "RETRY", status: nil, code: "reset")
        #expect(ordeal.summary.counts.possiblyPaidTwice == 9)
    }

    @Test func `a server that says not to try again is believed`() async throws {
        let fault = Fault(.error(.usual(500)), headers: [.init("x-should-retry", "false")])
        try await Ordeal(Ordeal.first(fault)).expectVictimsFail(class: "FINAL", status: 500, code: "server_error")
    }
}
