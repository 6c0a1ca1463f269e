import Sluice
import SluiceCore
import SluiceSimulator
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

    /// A run at a provider with a limit on tokens that never gives a reservation back.
    private func run(maxTokens: Int, charge: TokenCharge) async throws -> RunSummary {
        var options = SimulatorOptions()
        options.answerTokens = 20
        return try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...1010), at: simulator.baseURL)
            job.options.asking.parameters = [("max_tokens", try JSON.parse(Bytes("\(maxTokens)")))]
            job.options.accounts[0].limits.tokensPerMinute = 2_500_000
            job.options.accounts[0].limits.charge = charge
            return try await job.run()
        }
    }

    @Test func `a summary says what max_tokens cost where it is reserved, and what the longest answers were`()
        async throws
    {
        let summary = try await run(maxTokens: 400, charge: .estimated)
        let reservation = try #require(summary.reservation)
        #expect(reservation.longest >= 20 && reservation.longest <= 22)
        #expect(reservation.reserved > 400 && reservation.reserved < 430)
        #expect(reservation.speedup > 5)
        #expect(reservation.text.contains("--max-tokens \(reservation.longest)"))
    }

    @Test func `it says nothing where the provider counts what was used`() async throws {
        #expect(try await run(maxTokens: 400, charge: .actual).reservation == nil)
    }
}
