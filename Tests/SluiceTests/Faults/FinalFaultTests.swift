import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Faults that fail the row for good, without a second try, and stop nothing else.
@Suite struct FinalFaultTests {
    @Test(
        arguments: zip(
            [400, 404, 405, 413, 415, 422],
            [
                "invalid_value", "not_found", "method_not_supported", "request_too_large", "unsupported_media_type",
                "unprocessable_entity",
            ]))
    func `a request that is refused for itself is not sent again`(status: Int, code: String) async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.error(.usual(status))), tries: 100))
        try ordeal.expectVictimsFail(class: "FINAL", status: status, code: code)
        #expect(ordeal.askedAgain == [:] && ordeal.summary.counts.possiblyPaidTwice == 0)
    }

    @Test func `a prompt that is too long fails with the provider's code`() async throws {
        let refusal = Refusal(
            400, "This model's maximum context length is 8192 tokens.", param: "messages",
            code: "context_length_exceeded")
        try await Ordeal(Ordeal.first(Fault(.error(refusal))))
            .expectVictimsFail(class: "FINAL", status: 400, code: "context_length_exceeded")
    }

    @Test func `moderation refuses the row and not the key`() async throws {
        let refusal = Refusal(403, "Your input was flagged by moderation.", type: "moderation", code: "moderation")
        try await Ordeal(Ordeal.first(Fault(.error(refusal))))
            .expectVictimsFail(class: "FINAL", status: 403, code: "moderation")
    }

    @Test func `a row that is always refused, as if for the rate, fails alone`() async throws {
        let refusal = Refusal(429, "Rate limit reached.", type: "requests", code: "rate_limit_exceeded")
        let ordeal = try await Ordeal([FaultRule(.init(prompt: "item-7"), Fault(.error(refusal)))])
        #expect(ordeal.summary.exitCode == 1, "\(ordeal.summary)")
        #expect(ordeal.summary.counts.answered == Ordeal.rows - 1 && ordeal.summary.counts.failed == 1)
        #expect(ordeal.ledger.count { $0.status == 429 } <= 12)
        let message = try ordeal.job.failures().first?["error"]?["message"]?.string ?? ""
        #expect(message.contains("while others were not"))
    }

    @Test func `a request above the limit of a minute never fits`() async throws {
        let refusal = Refusal(
            429, "Request too large for m on tokens per min (TPM): Limit 30000, Requested 45000.", type: "tokens",
            code: "rate_limit_exceeded")
        try await Ordeal(Ordeal.first(Fault(.error(refusal))))
            .expectVictimsFail(class: "FINAL", status: 429, code: "rate_limit_exceeded")
    }

    @Test func `an answer above the cap is paid for and not asked for again`() async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.size(50_000_000)), tries: 100))
        try ordeal.expectVictimsFail(class: "FINAL", status: nil, code: "too_large")
        #expect(ordeal.askedAgain == [:] && ordeal.summary.counts.possiblyPaidTwice == 3)
    }

    @Test func `an error inside each success fails the row with its code`() async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.error(.usual(200))), tries: 2)) { _ in
        } job: {
            $0.maxAttempts = 2
        }
        try ordeal.expectVictimsFail(class: "RETRY", status: 200, code: "server_error")
        #expect(ordeal.summary.counts.possiblyPaidTwice == 6)
    }
}
