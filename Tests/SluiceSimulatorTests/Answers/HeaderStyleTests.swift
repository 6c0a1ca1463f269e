import SluiceCore
import SluiceSimulator
import Testing

@Suite struct HeaderStyleTests {
    private func headers(_ style: HeaderStyle) async throws -> [String: String] {
        var options = SimulatorOptions()
        options.headers = style
        options.limits = .init(
            requestsPerMinute: 100, tokensPerMinute: 10_000, requestsPerDay: 1_000, inputTokensPerMinute: 8_000,
            outputTokensPerMinute: 4_000, window: .bucket(depth: .seconds(60)))
        options.answerTokens = 40
        return try await withSimulator(options) { simulator in
            let reply = try RawClient(port: simulator.port).chat("item-1")
            return reply.headers.filter { $0.key.contains("rate") }
        }
    }

    @Test func `OpenAI's names and lengths of time`() async throws {
        let headers = try await headers(.openAI)
        #expect(headers["x-ratelimit-limit-requests"] == "100")
        #expect(headers["x-ratelimit-remaining-requests"] == "99")
        #expect(headers["x-ratelimit-reset-requests"] == "600ms")
        #expect(headers["x-ratelimit-limit-tokens"] == "10000")
        #expect(headers["x-ratelimit-remaining-tokens"] == "9951")
        #expect(headers["x-ratelimit-reset-tokens"] == "294ms")
        #expect(headers.count == 6)
    }

    @Test func `Azure's resets are whole seconds`() async throws {
        let headers = try await headers(.azure)
        #expect(headers["x-ratelimit-reset-requests"] == "1")
        #expect(headers["x-ratelimit-reset-tokens"] == "1")
        #expect(headers.count == 6)
    }

    @Test func `Groq's requests are those of the day`() async throws {
        let headers = try await headers(.groq)
        #expect(headers["x-ratelimit-limit-requests"] == "1000")
        #expect(headers["x-ratelimit-remaining-requests"] == "999")
        #expect(headers["x-ratelimit-reset-requests"] == "24h0m0s")
        #expect(headers["x-ratelimit-limit-tokens"] == "10000")
    }

    @Test func `Anthropic's four families have moments for resets`() async throws {
        let headers = try await headers(.anthropic)
        #expect(headers.count == 12)
        #expect(headers["anthropic-ratelimit-requests-remaining"] == "99")
        #expect(headers["anthropic-ratelimit-tokens-remaining"] == "9951")
        #expect(headers["anthropic-ratelimit-input-tokens-limit"] == "8000")
        #expect(headers["anthropic-ratelimit-input-tokens-remaining"] == "7991")
        #expect(headers["anthropic-ratelimit-output-tokens-remaining"] == "3960")
        let reset = try #require(headers["anthropic-ratelimit-output-tokens-reset"])
        #expect(reset.count == 20 && reset.hasPrefix("20") && reset.hasSuffix("Z"))
    }

    @Test func `Mistral's are by tokens, others have requests alone or nothing`() async throws {
        #expect(
            try await headers(.mistral) == [
                "x-ratelimitbysize-limit-minute": "10000", "x-ratelimitbysize-remaining-minute": "9951",
                "ratelimitbysize-reset": "1",
            ])
        #expect(
            try await headers(.requestsOnly) == [
                "x-ratelimit-limit": "100", "x-ratelimit-remaining": "99", "x-ratelimit-reset": "1",
            ])
        #expect(try await headers(.none) == [:])
    }

    @Test func `a moment behind the end of the calendar is told as its end`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(requestsPerMinute: 1e-9)
        options.headers = .anthropic
        options.script = [FaultRule(.init(nth: 3...3), Fault(.none, clockSkew: .seconds(1e10)))]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            let replies = try (0..<3).map { _ in try client.chat("hello") }
            #expect(replies.map(\.status) == [200, 429, 429])
            // 2⁶³ nanoseconds after 1970.
            for reply in replies {
                #expect(reply.headers["anthropic-ratelimit-requests-reset"] == "2262-04-11T23:47:16Z")
            }
        }
    }
}
