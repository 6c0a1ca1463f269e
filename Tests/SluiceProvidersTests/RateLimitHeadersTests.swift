import SluiceCore
import SluiceProviders
import Testing

@Suite struct RateLimitHeadersTests {
    private typealias Reading = RateLimitHeaders.Reading

    private func read(_ headers: [String: String]) -> RateLimitHeaders? {
        RateLimitHeaders(header: { headers[$0] }, now: WallTime(nanoseconds: 1_795_248_900_000_000_000))
    }

    @Test func `OpenAI's headers tell requests and tokens and the time until all are back`() {
        let told = read([
            "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499",
            "x-ratelimit-reset-requests": "120ms", "x-ratelimit-limit-tokens": "200000",
            "x-ratelimit-remaining-tokens": "199000", "x-ratelimit-reset-tokens": "6m0s",
        ])
        #expect(told?.requests == Reading(limit: 500, remaining: 499, reset: .milliseconds(120)))
        #expect(told?.tokens == Reading(limit: 200_000, remaining: 199_000, reset: .seconds(360)))
        #expect(told?.isPerMinute == false)
    }

    @Test func `Anthropic's headers tell prompts and answers apart, by the server's clock`() {
        let told = read([
            "date": "Sat, 21 Nov 2026 08:15:00 GMT",
            "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "40",
            "anthropic-ratelimit-requests-reset": "2026-11-21T08:15:12Z",
            "anthropic-ratelimit-input-tokens-limit": "30000",
            "anthropic-ratelimit-input-tokens-remaining": "29000",
            "anthropic-ratelimit-output-tokens-limit": "8000",
            "anthropic-ratelimit-tokens-limit": "8000",
        ])
        #expect(told?.requests == Reading(limit: 50, remaining: 40, reset: .seconds(12)))
        #expect(told?.inputTokens == Reading(limit: 30_000, remaining: 29_000))
        #expect(told?.outputTokens == Reading(limit: 8000))
        #expect(told?.tokens == nil)
        #expect(told?.isPerMinute == true)
    }

    @Test(arguments: [
        [:], ["x-ratelimit-limit-tokens": "-1", "x-ratelimit-reset-tokens": "0"],
        ["x-ratelimit-limit-requests": "many"], ["anthropic-ratelimit-requests-limit": "0"],
        ["x-ratelimit-limit-requests": "NaN"], ["x-ratelimit-limit-requests": "0x10"],
    ])
    func `what is no limit says nothing`(headers: [String: String]) {
        #expect(read(headers) == nil)
    }

    @Test(arguments: [
        ("2026-11-21T08:15:00Z", "2026-11-21T08:15:00Z"), ("2026-11-21t08:15:00.75z", "2026-11-21T08:15:00Z"),
        ("2026-11-21T10:15:00+02:00", "2026-11-21T08:15:00Z"), ("2024-02-29T23:59:59-00:30", "2024-03-01T00:29:59Z"),
    ])
    func `moments are read with fractions and offsets`(text: String, moment: String) {
        #expect(RFC3339.parse(text)?.text == moment)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-13-21T08:15:00Z", "2026-11-21T08:15:00", "2026-11-21T24:15:00Z", "1e9",
        "2026-11-21T08:15:00Zx", "2026-11-21T08:15:00+2:00",
    ])
    func `what is no moment is none`(text: String) {
        #expect(RFC3339.parse(text) == nil)
    }
}
