import SluiceCore
import SluiceSimulator
import Testing

@Suite struct ProviderModelTests {
    @Test func `without options every request is answered at once`() {
        var timeline = Timeline { _ in }
        for _ in 0..<1_000 {
            let verdict = timeline.ask(key: "")
            #expect(verdict.status == 200)
            #expect(verdict.delay == .zero)
            #expect(verdict.rates == RateState())
        }
    }

    @Test func `a key is refused for what is wrong with it`() {
        var timeline = Timeline {
            $0.keys = ["good", "also-good"]
            $0.invalidKeys = ["revoked"]
            $0.exhaustedKeys = ["spent"]
            $0.deactivatedKeys = ["closed"]
        }
        #expect(timeline.ask(key: "good").status == 200)
        #expect(timeline.ask(key: "also-good").status == 200)
        #expect(timeline.ask(key: "revoked").refusal?.code == "invalid_api_key")
        #expect(timeline.ask(key: "unheard-of").refusal?.code == "invalid_api_key")
        #expect(timeline.ask(key: "unheard-of").status == 401)
        #expect(timeline.ask(key: "").status == 401)
        #expect(timeline.ask(key: "closed").refusal?.code == "account_deactivated")
        #expect(timeline.ask(key: "closed").status == 401)
        let spent = timeline.ask(key: "spent").refusal
        #expect(spent?.status == 429)
        #expect(spent?.type == "insufficient_quota")
        #expect(spent?.code == "insufficient_quota")
        #expect(spent?.retryAfter == nil)
    }

    @Test func `an unknown key is not repeated in the error`() throws {
        var timeline = Timeline { $0.keys = ["good"] }
        let message = try #require(timeline.ask(key: "sk-very-secret-1234").refusal?.message)
        #expect(!message.contains("secret"))
        #expect(message.contains("…1234"))
    }

    @Test func `a key runs out after so many answers, and refusals do not count`() {
        var timeline = Timeline {
            $0.answersUntilExhausted = ["a": 2]
            $0.limits.requestsPerMinute = 60
        }
        #expect(timeline.ask(key: "a").status == 200)
        #expect(timeline.ask(key: "a").refusal?.code == "rate_limit_exceeded")
        timeline.wait(.seconds(1))
        #expect(timeline.ask(key: "a").status == 200)
        timeline.wait(.seconds(1))
        #expect(timeline.ask(key: "a").refusal?.code == "insufficient_quota")
        #expect(timeline.ask(key: "b").status == 200)
    }

    @Test func `max_tokens cuts an answer short`() {
        var timeline = Timeline { $0.answerTokens = 50 }
        let short = timeline.ask(most: 20)
        #expect(short.outputTokens == 20)
        #expect(short.isCutShort)
        let whole = timeline.ask(most: 50, choices: 2)
        #expect(whole.outputTokens == 100)
        #expect(!whole.isCutShort)
    }

    @Test func `an answer takes its latency and the time of its tokens`() {
        var timeline = Timeline {
            $0.answerTokens = 50
            $0.latency = .init(median: .milliseconds(300), perToken: .milliseconds(10))
        }
        #expect(timeline.ask().delay == .milliseconds(800))
        #expect(timeline.ask(most: 20).delay == .milliseconds(500))
        #expect(timeline.ask(choices: 4).delay == .milliseconds(800))
        #expect(timeline.ask(choices: 0).delay == .milliseconds(300))
    }

    @Test func `log-normal latencies have the median and the spread that were asked for`() {
        var timeline = Timeline { $0.latency = .init(median: .seconds(2), sigma: 0.5) }
        let delays = (0..<20_000).map { _ in timeline.ask().delay.seconds }.sorted()
        // Quantiles of the normal distribution: one deviation is at 15.87 % and 84.13 %.
        #expect(abs(delays[10_000] - 2) < 0.04)
        #expect(abs(delays[16_826] - 2 * 1.6487) < 0.09)
        #expect(abs(delays[3_173] - 2 / 1.6487) < 0.04)
    }

    @Test func `faults come as often as they should, each with its status`() {
        var timeline = Timeline {
            $0.faults = .init(serverError: 0.05, unavailable: 0.1, reset: 0.02, tooManyRequests: 0.2)
        }
        var counts: [String: Int] = [:]
        for _ in 0..<50_000 {
            let verdict = timeline.ask()
            counts[verdict.fault?.name ?? "none", default: 0] += 1
            switch verdict.fault?.name {
            case "500": #expect(verdict.refusal?.code == "server_error" && verdict.status == 500)
            case "503": #expect(verdict.refusal?.retryAfter != nil && verdict.status == 503)
            case "429": #expect(verdict.refusal?.retryAfter != nil && verdict.status == 429)
            case "reset": #expect(verdict.refusal == nil && verdict.status == nil)
            default: #expect(verdict.status == 200)
            }
        }
        for (fault, share) in [("500", 0.05), ("503", 0.1), ("reset", 0.02), ("429", 0.2), ("none", 0.63)] {
            // Four standard deviations of a binomial count.
            let spread = 4 * (50_000 * share * (1 - share)).squareRoot()
            #expect(abs(Double(counts[fault] ?? 0) - 50_000 * share) < spread, "\(fault)")
        }
    }

    @Test func `a rate of one breaks everything, a rate of zero nothing`() {
        var broken = Timeline { $0.faults.reset = 1 }
        #expect((0..<1_000).allSatisfy { _ in broken.ask().fault?.kind == .reset(.before) })
        var sound = Timeline { $0.faults = .init() }
        #expect((0..<1_000).allSatisfy { _ in sound.ask().fault == nil })
    }

    @Test func `a broken request is charged nothing`() {
        var timeline = Timeline {
            $0.faults.serverError = 1
            $0.limits = .init(requestsPerMinute: 60, bucketDepth: .seconds(60), concurrency: 1)
        }
        for _ in 0..<100 { #expect(timeline.ask().status == 500) }
        #expect(timeline.ask().rates.requests?.remaining == 60)
    }

    @Test func `one seed makes one story, another seed another`() {
        func story(seed: UInt64) -> [Verdict] {
            var timeline = Timeline {
                $0.seed = seed
                $0.latency = .init(median: .seconds(1), sigma: 1)
                $0.faults = .init(serverError: 0.1, unavailable: 0.1, reset: 0.1, tooManyRequests: 0.1)
                $0.limits = .init(requestsPerMinute: 6_000, tokensPerMinute: 200_000, concurrency: 40)
            }
            return (0..<2_000).map { round in
                timeline.wait(.milliseconds(7))
                let verdict = timeline.ask(key: round % 3 == 0 ? "a" : "b", prompt: 30 + round % 11)
                if round % 5 != 0 { timeline.model.finish(verdict, now: timeline.now) }
                return verdict
            }
        }
        #expect(story(seed: 7) == story(seed: 7))
        #expect(story(seed: 7) != story(seed: 8))
    }

    @Test func `changing how much breaks leaves the latencies as they were`() {
        func delays(serverError: Double) -> [TimeSpan?] {
            var timeline = Timeline {
                $0.latency = .init(median: .seconds(1), sigma: 1)
                $0.faults.serverError = serverError
            }
            return (0..<500).map { _ in
                let verdict = timeline.ask()
                return verdict.fault == nil ? verdict.delay : nil
            }
        }
        let sound = delays(serverError: 0)
        let broken = delays(serverError: 0.3)
        #expect((100...200).contains(broken.count { $0 == nil }))
        #expect(zip(sound, broken).allSatisfy { $1 == nil || $0 == $1 })
    }

    @Test func `luck follows from what is asked and how often, not from the order of requests`() {
        func delays(_ contents: [UInt64]) -> [UInt64: TimeSpan] {
            var timeline = Timeline { $0.latency = .init(median: .seconds(1), sigma: 1) }
            return Dictionary(
                uniqueKeysWithValues: contents.map { content in
                    let request = ProviderRequest(model: "m", promptTokens: 1, content: content)
                    return (content, timeline.model.arrive(request, now: timeline.now).delay)
                })
        }
        let contents = (0..<1_000).map { UInt64($0) }
        let first = delays(contents)
        #expect(first == delays(contents.shuffled()))
        #expect(Set(first.values).count > 990)
    }

    @Test func `a request that was given up has other luck the next time, one that was answered the same`() {
        var timeline = Timeline { $0.latency = .init(median: .seconds(1), sigma: 1) }
        func ask() -> Verdict {
            timeline.model.arrive(ProviderRequest(model: "m", promptTokens: 1, content: 5), now: timeline.now)
        }
        let first = ask()
        timeline.model.finish(first, now: timeline.now)
        let second = ask()
        #expect(first.delay != second.delay)
        timeline.wait(second.delay)
        timeline.model.finish(second, now: timeline.now)
        #expect(ask().delay == first.delay)
    }

    @Test func `answers are as long as they should be on the whole`() {
        var timeline = Timeline {
            $0.answerTokens = 100
            $0.answerSigma = 0.6
        }
        let lengths = (0..<20_000).map { _ in timeline.ask(most: 5_000).answerTokens }.sorted()
        #expect(abs(lengths[10_000] - 100) < 3)
        #expect(abs(lengths[16_826] - 182) < 7)
        #expect(lengths[0] >= 1)
        #expect(timeline.ask(most: 3).isCutShort)
    }
}
