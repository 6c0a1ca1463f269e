import SluiceCore
import SluiceSimulator
import Testing

@Suite struct ProviderModelLimitTests {
    @Test(arguments: zip([3000.0, 3000, 60, 37, 12_345], [1.0, 60, 1, 0.25, 5]))
    func `a bucket lets through what it holds and what flows in, in every window`(
        perMinute: Double, depth: Double
    ) throws {
        var timeline = Timeline {
            $0.limits = .init(requestsPerMinute: perMinute, bucketDepth: .seconds(depth))
        }
        var through: [Instant] = []
        for _ in 0..<60_000 {
            if timeline.askAndFinish().status == 200 { through.append(timeline.now) }
            timeline.wait(.milliseconds(2))
        }
        let rate = perMinute / 60
        let capacity = max(1, rate * depth)
        for first in stride(from: 0, to: through.count, by: 7) {
            for last in stride(from: first, to: through.count, by: 13) {
                let allowed = capacity + rate * (through[last] - through[first]).seconds + 1e-6
                #expect(Double(last - first + 1) <= allowed)
            }
        }
        let offered = 120 * rate + capacity
        #expect(Double(through.count) > min(offered, 60_000) * 0.99 - 2)
    }

    @Test func `a bucket as deep as one request paces evenly`() {
        var timeline = Timeline {
            $0.limits = .init(requestsPerMinute: 600, bucketDepth: .zero)
        }
        #expect(timeline.askAndFinish().status == 200)
        #expect(timeline.askAndFinish().status == 429)
        timeline.wait(TimeSpan(nanoseconds: 99_999_999))
        #expect(timeline.askAndFinish().status == 429)
        timeline.wait(TimeSpan(nanoseconds: 1))
        #expect(timeline.askAndFinish().status == 200)
    }

    @Test func `who waits as long as told is let through, and not a nanosecond before`() throws {
        // Requests of 66 to 115 tokens: short ones meet the one limit, long ones the other.
        var timeline = Timeline { $0.limits = .init(requestsPerMinute: 350, tokensPerMinute: 31_000) }
        var refusals: [String: Int] = [:]
        for round in 0..<2_000 {
            let first = timeline.askAndFinish(prompt: 20 + round % 50)
            guard first.status == 429 else { continue }
            refusals[first.refusal?.type ?? "", default: 0] += 1
            let wait = try #require(first.refusal?.retryAfter)
            timeline.wait(TimeSpan(nanoseconds: wait.nanoseconds - 1))
            #expect(timeline.ask(prompt: 20 + round % 50).status == 429)
            timeline.wait(TimeSpan(nanoseconds: 1))
            // The other limit may still be in the way, but not this one.
            let second = timeline.askAndFinish(prompt: 20 + round % 50)
            #expect(second.status == 200 || second.refusal?.type != first.refusal?.type)
        }
        #expect(Set(refusals.keys) == ["requests", "tokens"] && refusals.values.reduce(0, +) > 1_000, "\(refusals)")
    }

    @Test func `a refused request is charged nothing`() {
        var timeline = Timeline { $0.limits = .init(requestsPerMinute: 60, bucketDepth: .seconds(1)) }
        #expect(timeline.ask().status == 200)
        for _ in 0..<1_000 { #expect(timeline.ask().status == 429) }
        timeline.wait(.seconds(1))
        #expect(timeline.ask().status == 200)
    }

    @Test func `requests per second hold bursts back without being announced`() throws {
        var timeline = Timeline {
            $0.limits = .init(requestsPerMinute: 6_000, requestsPerSecond: 20, bucketDepth: .seconds(60))
        }
        let answers = (0..<100).filter { _ in timeline.askAndFinish().status == 200 }
        #expect(answers.count == 20)
        let verdict = timeline.ask()
        #expect(verdict.refusal?.message.contains("requests per sec (RPS): Limit 20, Used 20") == true)
        #expect(try #require(verdict.rates.requests).limit == 6_000)
        #expect(try #require(verdict.rates.requests).remaining == 5_980)
    }

    @Test func `tokens are reserved by the most that may come and settled by what came`() throws {
        var timeline = Timeline {
            $0.limits = .init(tokensPerMinute: 6_000, bucketDepth: .seconds(60))
            $0.answerTokens = 50
        }
        let first = timeline.ask(prompt: 100, most: 4_000)
        #expect(try #require(first.rates.tokens).remaining == 1_900)
        #expect(first.outputTokens == 50)
        #expect(timeline.ask(prompt: 100, most: 4_000).status == 429)
        timeline.model.finish(first, now: timeline.now)
        let second = timeline.ask(prompt: 100, most: 4_000)
        #expect(second.status == 200)
        #expect(try #require(second.rates.tokens).remaining == 6_000 - 150 - 4_100)
    }

    @Test func `a request that does not say is charged the usual length for each answer`() throws {
        var timeline = Timeline {
            $0.limits = .init(tokensPerMinute: 6_000, bucketDepth: .seconds(60))
            $0.answerTokens = 50
        }
        #expect(try #require(timeline.ask(prompt: 100, choices: 3).rates.tokens).remaining == 6_000 - 250)
        #expect(try #require(timeline.ask(prompt: 100, choices: 0).rates.tokens).remaining == 6_000 - 350)
    }

    @Test func `tokens that were used never exceed what the bucket held and what flowed in`() {
        var timeline = Timeline {
            $0.limits = .init(tokensPerMinute: 60_000, bucketDepth: .seconds(2))
            $0.answerTokens = 46
        }
        let start = timeline.now
        var used = 0
        for round in 0..<20_000 {
            let verdict = timeline.ask(prompt: 20 + round * 7 % 90, most: 64 + round % 3 * 400)
            if verdict.status == 200 {
                used += 20 + round * 7 % 90 + verdict.outputTokens
                timeline.model.finish(verdict, now: timeline.now)
            }
            timeline.wait(.milliseconds(5))
            #expect(Double(used) <= 2_000 + 1_000 * (timeline.now - start).seconds + 1)
        }
        #expect(Double(used) > 0.97 * 1_000 * (timeline.now - start).seconds)
    }

    @Test func `a request larger than the bucket waits until it is full, one larger than a minute never fits`() throws {
        var timeline = Timeline { $0.limits = .init(tokensPerMinute: 6_000, bucketDepth: .seconds(1)) }
        #expect(timeline.askAndFinish(prompt: 2_000, most: 46).status == 200)
        let next = timeline.ask(prompt: 2_000, most: 46)
        #expect(next.status == 429)
        timeline.wait(try #require(next.refusal?.retryAfter))
        #expect((timeline.now - Instant(nanoseconds: 5_000_000_000)).seconds == 20.46)
        #expect(timeline.ask(prompt: 2_000, most: 46).status == 200)

        let never = try #require(timeline.ask(prompt: 6_000, most: 1).refusal)
        #expect(never.status == 429)
        #expect(never.message.hasPrefix("Request too large for m"))
        #expect(never.retryAfter == nil)
    }

    @Test func `a limit that one request is too large for is told as the headers tell it, of the faster provider`()
        throws
    {
        var timeline = Timeline {
            $0.limits = .init(tokensPerMinute: 6_000, window: .bucket(depth: .seconds(60)))
            $0.speed = 10
        }
        let refusal = timeline.ask(prompt: 70_000, most: 1)
        #expect(refusal.rates.tokens?.limit == 60_000)
        #expect(refusal.refusal?.message.contains(" Limit 60000, Requested 70001.") == true)
    }

    @Test func `no more than the concurrency is in flight, and each end makes room for one`() {
        var timeline = Timeline { $0.limits = .init(concurrency: 3) }
        let flying = (0..<3).map { _ in timeline.ask() }
        #expect(flying.allSatisfy { $0.status == 200 })
        let refused = timeline.ask()
        #expect(refused.refusal?.message.contains("concurrent requests: Limit 3, Used 3, Requested 1") == true)
        timeline.model.finish(refused, now: timeline.now)
        #expect(timeline.ask().status == 429)
        timeline.model.finish(flying[0], now: timeline.now)
        #expect(timeline.ask().status == 200)
        #expect(timeline.ask().status == 429)
    }

    @Test func `every key has limits of its own`() {
        var timeline = Timeline { $0.limits = .init(requestsPerMinute: 60) }
        #expect(timeline.ask(key: "a").status == 200)
        #expect(timeline.ask(key: "a").status == 429)
        #expect(timeline.ask(key: "b").status == 200)
    }

    @Test(arguments: [3_000.0, 12_345, 7, 59])
    func `each request leaves one less`(perMinute: Double) throws {
        var timeline = Timeline { $0.limits = .init(requestsPerMinute: perMinute, bucketDepth: .seconds(60)) }
        for left in stride(from: Int(perMinute) - 1, through: 0, by: -1) {
            #expect(try #require(timeline.ask().rates.requests).remaining == left)
        }
        #expect(timeline.ask().status == 429)
    }

    @Test func `headers tell what is left and when it is full again`() throws {
        var timeline = Timeline { $0.limits = .init(requestsPerMinute: 60, bucketDepth: .seconds(60)) }
        for _ in 0..<10 { _ = timeline.ask() }
        let rates = try #require(timeline.ask().rates.requests)
        #expect(rates == .init(limit: 60, remaining: 49, reset: .seconds(11)))
        timeline.wait(.seconds(3600))
        #expect(try #require(timeline.ask().rates.requests).remaining == 59)
        #expect(timeline.ask().rates.tokens == nil)
    }

    @Test(
        arguments: zip([3_000, 40, 60, 0.5, 1.0 / 61, 7], ["20ms", "1.5s", "1s", "2m0s", "1h1m0s", "8.572s"]))
    func `the message says when to come back`(perMinute: Double, text: String) throws {
        var timeline = Timeline { $0.limits = .init(requestsPerMinute: perMinute, bucketDepth: .zero) }
        _ = timeline.ask()
        let message = try #require(timeline.ask().refusal?.message)
        #expect(message.hasPrefix("Rate limit reached for m in organization org-simulated on requests per min (RPM): "))
        #expect(message.hasSuffix(", Requested 1. Please try again in \(text)."))
    }

    @Test func `the message can keep to itself when to come back`() throws {
        var timeline = Timeline {
            $0.limits = .init(requestsPerMinute: 60)
            $0.saysWaitInMessage = false
        }
        _ = timeline.ask()
        let refusal = try #require(timeline.ask().refusal)
        #expect(refusal.message.hasSuffix("Limit 60, Used 60, Requested 1."))
    }

    @Test func `a faster provider lets as much more through and answers as much sooner`() throws {
        var timeline = Timeline {
            $0.limits = .init(requestsPerMinute: 60, bucketDepth: .seconds(5))
            $0.latency = .fixed(.seconds(2))
            $0.speed = 10
        }
        let first = timeline.ask()
        #expect(first.delay == .milliseconds(200))
        #expect(try #require(first.rates.requests) == .init(limit: 600, remaining: 4, reset: .milliseconds(100)))
        for _ in 0..<4 { #expect(timeline.ask().status == 200) }
        #expect(timeline.ask().refusal?.retryAfter == .milliseconds(100))
        timeline.wait(.milliseconds(500))
        #expect((0..<10).filter { _ in timeline.ask().status == 200 }.count == 5)
    }
}
