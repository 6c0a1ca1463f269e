import Sluice
import SluiceCore
import SluiceScheduling
import SluiceTestSupport
import SluiceTokens
import Testing

@Suite struct TokenReservationTests {
    @Test(arguments: [("gpt-4o", TokenEstimate.Method.exact, 3 + 1 + 2 + 3), ("no-such-model", .rule, 4 + 1 + 3)])
    func `a dry run counts a known model exactly, and others by a rule`(
        _ model: String, _ method: TokenEstimate.Method, _ tokens: Int
    ) throws {
        let folder = TemporaryFolder()
        try TextFile.write(#"{"prompt":"hello world"}"# + "\n", to: folder.file("in.jsonl"))
        var options = RunOptions()
        options.input = folder.file("in.jsonl")
        options.asking.model = model
        options.accounts = [Account(name: "a", base: try BaseURL("http://localhost:1/v1"), keys: [])]
        #expect(try DryRun(options).prompt == TokenEstimate(tokens: tokens, method: method))
    }

    /// What there is to say of ten seconds in which answers of 20 tokens came, which had 400 reserved besides the 10 of
    /// their prompts.
    private func reservation(
        answers: Int = 1000, charge: TokenCharge = .estimated, waits: Int = 6
    ) throws -> Reservation? {
        var lengths = QuantileSketch()
        var tally = ReservationTally()
        var counts = RunCounts()
        for _ in 0..<answers {
            lengths.add(20)
            tally.add(tokens: 410)
            counts.answered += 1
            counts.usage.input += 10
            counts.usage.output += 20
        }
        for second in 0..<10 { tally.sample(isForTokens: second < waits) }
        var account = Account(name: "a", base: try BaseURL("http://localhost:1/v1"), keys: [])
        account.limits.tokensPerMinute = 2_460_000
        account.limits.charge = charge
        return Reservation(tally, lengths: lengths, counts: counts, accounts: [account], elapsed: .seconds(10))
    }

    @Test func `a summary says what max_tokens cost where it is reserved, and what the longest answers were`() throws {
        let reservation = try #require(try reservation())
        #expect(reservation.longest == 20)
        #expect(reservation.reserved == 410)
        #expect(abs(reservation.speedup - 410 / 30) < 0.1)
        #expect(reservation.text.contains("--max-tokens 20"))
    }

    @Test func `it says nothing where usage counts, where tokens were not waited for, or where little is known`() throws
    {
        #expect(try reservation(charge: .actual) == nil)
        #expect(try reservation(waits: 5) == nil)
        #expect(try reservation(answers: 999) == nil)
    }
}
