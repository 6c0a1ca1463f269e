import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Compressed answers: sound ones are read, broken ones are tried again, and a bomb is not unpacked.
@Suite struct GzipFaultTests {
    @Test func `a compressed answer is read like any other`() async throws {
        try await Ordeal([FaultRule(.gzip(.sound))]).expectAllAnswered(attempts: 1, isPaid: false)
    }

    @Test func `a large one is read whole`() async throws {
        let ordeal = try await Ordeal([FaultRule(.gzip(.sound))]) { $0.answerTokens = 20_000 }
        try ordeal.expectAllAnswered(attempts: 1, isPaid: false)
        #expect(try ordeal.job.answers().allSatisfy { ($0["output"]?.string?.utf8.count ?? 0) > 79_000 })
    }

    @Test func `one with a wrong checksum is tried again, and may be paid twice`() async throws {
        try await Ordeal(Ordeal.first(Fault(.gzip(.broken)))).expectAllAnswered(attempts: 2, isPaid: true)
    }

    @Test(arguments: [64 << 20, 1 << 30])
    func `a bomb fails its row, is paid for, and harms nobody`(size: Int) async throws {
        let ordeal = try await Ordeal(Ordeal.first(Fault(.gzip(.bomb(size))), tries: 100))
        try ordeal.expectVictimsFail(class: "FINAL", status: nil, code: "too_large")
        #expect(ordeal.askedAgain == [:] && ordeal.summary.counts.possiblyPaidTwice == 3)
    }
}
