import SluiceCore
import SluiceProviders
import Testing

@Suite struct RateLimitHeadersTests {
    private typealias Reading = RateLimitHeaders.Reading

    private func read(_ headers: [String: String], from provider: String? = nil) -> RateLimitHeaders? {
        RateLimitHeaders(header: { headers[$0] }, from: provider, now: WallTime(nanoseconds: 1_795_248_900_000_000_000))
    }

    @Test func `OpenAI's headers tell requests and tokens and the time until all are back`() {
        let told = read([
            "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499",
            "x-ratelimit-reset-requests": "120ms", "x-ratelimit-limit-tokens": "200000",
            "x-ratelimit-remaining-tokens": "199000", "x-ratelimit-reset-tokens": "6m0s",
        ])
        #expect(told?.requests == Reading(limit: 500, remaining: 499, reset: .milliseconds(120)))
        #expect(told?.tokens == Reading(limit: 200_000, remaining: 199_000, reset: .seconds(360)))
    }

    @Test(arguments: [
        ("3s", 3.0), ("3", 3), ("1795248903", 3), ("1795248903000", 3), ("2026-11-21T08:15:03Z", 3), ("never", nil),
    ])
    func `a reset is a time, a moment or nothing`(text: String, seconds: Double?) {
        for name in ["-requests", "-tokens", ""] {
            let told = read(["x-ratelimit-limit\(name)": "500", "x-ratelimit-reset\(name)": text])
            #expect((told?.requests ?? told?.tokens)?.reset == seconds.map { .seconds($0) }, "\(name)")
        }
    }

    @Test func `Mistral's headers tell tokens per minute`() {
        let told = read([
            "x-ratelimitbysize-limit-minute": "500000", "x-ratelimitbysize-remaining-minute": "499000",
            "ratelimitbysize-reset": "12",
        ])
        #expect(
            told?.tokens == Reading(limit: 500_000, remaining: 499_000, reset: .seconds(12), isPerMinute: true))
        #expect(told?.requests == nil)
    }

    @Test func `Fireworks' headers tell prompts and answers apart, per minute and without a reset`() {
        let headers = [
            "x-ratelimit-limit-requests": "600", "x-ratelimit-remaining-requests": "599",
            "x-ratelimit-limit-tokens-prompt": "60000", "x-ratelimit-remaining-tokens-prompt": "59000",
            "x-ratelimit-limit-tokens-generated": "6000", "x-ratelimit-remaining-tokens-generated": "5900",
        ]
        let told = read(headers, from: "fireworks_ai")
        #expect(told?.requests == Reading(limit: 600, remaining: 599, isPerMinute: true))
        #expect(told?.inputTokens == Reading(limit: 60_000, remaining: 59_000, isPerMinute: true))
        #expect(told?.outputTokens == Reading(limit: 6000, remaining: 5900, isPerMinute: true))
        #expect(told?.tokens == nil)
        // Elsewhere the same name may be of a day (OpenAI's low tiers), so that it says nothing without a reset.
        #expect(read(headers)?.requests?.isPerMinute == false)
    }

    @Test func `Qianfan's limits without a reset are per minute, others' are of who knows what`() {
        let headers = ["x-ratelimit-limit-requests": "300", "x-ratelimit-limit-tokens": "300000"]
        let told = read(headers, from: "qianfan")
        #expect(told?.requests?.isPerMinute == true && told?.tokens?.isPerMinute == true)
        for provider in ["openai", "azure", nil] {
            let told = read(headers, from: provider)
            #expect(told?.requests?.isPerMinute == false && told?.tokens?.isPerMinute == false)
        }
    }

    @Test func `a limit without a dimension is one of requests`() {
        let told = read(["x-ratelimit-limit": "200", "x-ratelimit-remaining": "199", "x-ratelimit-reset": "30"])
        #expect(told?.requests == Reading(limit: 200, remaining: 199, reset: .seconds(30)))
        #expect(told?.tokens == nil)
    }

    @Test func `the plain tokens count before those by usage`() {
        var headers = ["x-ratelimit-limit-tokens_usage_based": "2000", "x-ratelimit-reset-tokens_usage_based": "2s"]
        #expect(read(headers)?.tokens == Reading(limit: 2000, reset: .seconds(2)))
        headers["x-ratelimit-limit-tokens"] = "1000"
        #expect(read(headers)?.tokens == Reading(limit: 1000))
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
        #expect(told?.requests == Reading(limit: 50, remaining: 40, reset: .seconds(12), isPerMinute: true))
        #expect(told?.inputTokens == Reading(limit: 30_000, remaining: 29_000, isPerMinute: true))
        #expect(told?.outputTokens == Reading(limit: 8000, isPerMinute: true))
        #expect(told?.tokens == nil)
    }

    @Test(arguments: [
        [:], ["ratelimitbysize-reset": "5"], ["anthropic-priority-input-tokens-limit": "5000"],
        ["x-ratelimit-remaining": "5"], ["x-ratelimit-limit-tokens": "-1", "x-ratelimit-reset-tokens": "0"],
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
