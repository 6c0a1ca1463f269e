import SluiceCore
import SluiceProviders
import Testing

@Suite struct WaitHintTests {
    /// Sat, 21 Nov 2026 07:28:00 GMT.
    private let now = WallTime(nanoseconds: 1_795_246_080_000_000_000)

    private func seconds(_ headers: [String: String], message: String? = nil, delay: String? = nil) -> Double? {
        WaitHint.read(header: { headers[$0] }, message: message, delay: delay, now: now)?.seconds
    }

    @Test(arguments: [
        ("20ms", 0.02), ("1s", 1), ("8.64s", 8.64), ("6m0s", 360), ("1h2m3s", 3723), ("10h17m5.72s", 37025.72),
        ("2m59.56s", 179.56), ("1m", 60), ("2d", 172_800), ("5us", 5e-6), ("5µs", 5e-6), ("7ns", 7e-9),
        ("1h1ms", 3600.001),
        ("0", 0), ("0s", 0), ("26", 26), ("1.5", 1.5), (".5", 0.5), ("1000000000", 1e9),
    ])
    func `a duration is numbers with units, or seconds`(text: String, seconds: Double) throws {
        #expect(abs(try #require(WaitHint.duration(text)).seconds - seconds) < 1e-9)
    }

    @Test(arguments: [
        "", "s", "ms", "-1", "-5s", "+5", "5x", "5s!", "5 s", "1.2.3s", ".", "..s", "0x10", "1e3", "nan", "inf",
        "infinity", "1700000000", "1700000000000", "5s-3s", "2026-11-21T07:28:00Z",
    ])
    func `what is no duration is nothing`(text: String) {
        #expect(WaitHint.duration(text) == nil)
    }

    @Test func `a duration too long for the clock is the longest there is`() {
        #expect(WaitHint.duration(String(repeating: "9", count: 300) + "d")?.nanoseconds == .max)
        #expect(WaitHint.duration(String(repeating: "9", count: 400) + "d") == nil)
    }

    @Test func `each hint counts only where no better one is`() {
        var headers = [
            "retry-after-ms": "1500", "retry-after": "2", "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "5s", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s",
        ]
        let message = "Please try again in 3.5s."
        #expect(seconds(headers, message: message, delay: "3s") == 1.5)
        headers["retry-after-ms"] = nil
        #expect(seconds(headers, message: message, delay: "3s") == 2)
        headers["retry-after"] = "Sat, 21 Nov 2026 07:28:04 GMT"
        #expect(seconds(headers, message: message, delay: "3s") == 4)
        headers["retry-after"] = nil
        #expect(seconds(headers, message: message, delay: "3s") == 3)
        #expect(seconds(headers, message: message) == 3.5)
        #expect(seconds(headers) == 5)
        headers["x-ratelimit-remaining-requests"] = "1"
        #expect(seconds(headers) == 360)
        headers["x-ratelimit-remaining-tokens"] = "1"
        #expect(seconds(headers) == nil)
    }

    @Test(arguments: ["-1", "", "soon", "nan", "inf", "0x10", "1e3", "1,5"])
    func `a header that is no number of seconds gives way to the next hint`(text: String) {
        let message = "Please try again in 9s"
        #expect(seconds(["retry-after-ms": text], message: message) == 9)
        #expect(seconds(["retry-after": text], message: message) == 9)
        #expect(seconds(["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": text]) == nil)
    }

    @Test(arguments: [
        ("x-ratelimit-remaining", "x-ratelimit-reset", "1795246083000"),
        ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", "2026-11-21T07:28:03Z"),
        ("x-ratelimitbysize-remaining-minute", "ratelimitbysize-reset", "3"),
        ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset", "2026-11-21T07:28:03Z"),
        (
            "anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset",
            "2026-11-21T07:28:03Z"
        ),
    ])
    func `the reset of a limit of which nothing is left is a wait in every family`(
        remaining: String, reset: String, text: String
    ) {
        #expect(seconds([remaining: "0", reset: text]) == 3)
        #expect(seconds([remaining: "1", reset: text]) == nil)
        #expect(seconds([reset: text]) == 3)
        #expect(seconds([remaining: "0", reset: text, "retry-after": "7"]) == 7)
        #expect(seconds([remaining: "0", reset: text], message: "try again in 2s") == 2)
    }

    @Test(arguments: ["99999999999999999999", "2764801", "Fri, 31 Dec 9999 23:59:59 GMT"])
    func `a wait of more than a month is a mistake, and the next hint counts`(text: String) {
        #expect(seconds(["retry-after": text], message: "Please try again in 9s") == 9)
        #expect(seconds(["retry-after": text]) == nil)
        #expect(seconds(["retry-after": "2764800"]) == 2_764_800)
    }

    @Test func `a date is compared with the server's clock, or with ours if it sent none`() {
        let date = "Sat, 21 Nov 2026 07:30:00 GMT"
        #expect(seconds(["retry-after": date]) == 120)
        #expect(seconds(["retry-after": date, "date": "Sat, 21 Nov 2026 07:29:30 GMT"]) == 30)
        #expect(seconds(["retry-after": date, "date": "yesterday"]) == 120)
        #expect(seconds(["retry-after": date, "date": "Sat, 21 Nov 2026 08:00:00 GMT"]) == 0)
    }

    @Test(arguments: ["retry-after", "retry-after-ms", "x-ratelimit-reset-requests"])
    func `a unix time is a moment, not a number of seconds`(name: String) {
        let others = ["x-ratelimit-remaining-requests": "0"]
        #expect(seconds(others.merging([name: "1795246140"]) { $1 }) == 60)
        #expect(seconds(others.merging([name: "1795246090000"]) { $1 }) == 10)
        #expect(seconds(others.merging([name: "1700000000"]) { $1 }) == 0)
    }

    @Test(arguments: [
        ("Please try again in 350ms. Visit https://x", 0.35), ("Please try again in 7m12s.", 432),
        ("Please try again in 10h17m5.72s", 37025.72), ("Try again in 2s", 2), ("try again in 1.25s, or later", 1.25),
        ("request reached RPM limit: 3, please try again after 4 seconds", 4), ("Try again in 4 seconds.", 4),
        ("please try again after 1 second, thanks", 1), ("try again in 1 minute 30 seconds", 90),
        ("Please retry after 20 seconds.", 20), ("Please retry in 46.25s.", 46.25), ("try again in 500 ms", 0.5),
        ("try again in 2 h", 7200), ("try again in 3 days", 259_200),
    ])
    func `a message may say when to try again`(message: String, wanted: Double) throws {
        #expect(abs(try #require(seconds([:], message: message)) - wanted) < 1e-9)
    }

    @Test(arguments: [
        "", "try again in ", "try again in a while", "try again in -3s", "try again in 20", "try again",
        "try again in 20 tokens", "retry after 3 strikes", "try again after  seconds",
    ])
    func `a message may as well say nothing`(message: String) {
        #expect(seconds([:], message: message) == nil)
    }
}
