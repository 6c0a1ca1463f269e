import SluiceCore
import SluiceSimulator
import Testing

@Suite struct ErrorStyleTests {
    @Test func `Gemini's errors are a list, and tell the quota and when to come back in the body alone`() async throws {
        var options = SimulatorOptions()
        ProviderProfile.gemini.apply(to: &options)
        options.limits.requestsPerMinute = 2
        options.limits.requestsPerDay = 3
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            for _ in 0..<2 { #expect(try client.chat("hello").headers.keys.allSatisfy { !$0.contains("ratelimit") }) }
            let reply = try client.chat("hello")
            #expect(reply.status == 429)
            #expect(reply.headers["retry-after"] == nil && reply.headers["retry-after-ms"] == nil)
            let error = try #require(reply.json?.first?["error"])
            #expect(error["code"]?.int == 429)
            #expect(error["status"]?.string == "RESOURCE_EXHAUSTED")
            let details = try #require(error["details"]?.elements)
            #expect(details.count == 2)
            #expect(
                details[0]["violations"]?.first?["quotaId"]?.string == "GenerateRequestsPerMinutePerProjectPerModel")
            // One of two per minute comes back after half a minute, of which the machine may have slept some.
            let delay = try #require(details[1]["retryDelay"]?.string)
            let seconds = try #require(Int(delay.prefix { $0.isNumber }))
            #expect((1...30).contains(seconds) && delay == "\(seconds)s")
        }
    }

    @Test func `every profile makes a provider that can start`() throws {
        for profile in ProviderProfile.allCases {
            var options = SimulatorOptions()
            profile.apply(to: &options)
            #expect(throws: Never.self) { try options.validate() }
            var model = ProviderModel(options)
            let verdict = model.arrive(ProviderRequest(promptTokens: 10), now: Instant(nanoseconds: 0))
            #expect(verdict.status == 200)
        }
    }
}
