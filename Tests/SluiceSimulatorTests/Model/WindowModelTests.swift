import SluiceCore
import SluiceSimulator
import Testing

@Suite struct WindowModelTests {
    static let windows: [WindowModel] = [
        .bucket(depth: .zero), .bucket(depth: .seconds(1)), .bucket(depth: .seconds(60)), .fixed, .sliding,
        .quanta(.seconds(1)), .quanta(.seconds(10)),
    ]
    static let charges: [ChargeModel] = [.reserve(givesBack: true), .reserve(givesBack: false), .estimate, .actual]

    /// When requests were let through that come every so often.
    private func through(
        _ limits: SimulatorOptions.AccountLimits, every step: TimeSpan, for span: TimeSpan
    ) -> [TimeSpan] {
        var timeline = Timeline { $0.limits = limits }
        let start = timeline.now
        var through: [TimeSpan] = []
        while timeline.now - start < span {
            if timeline.askAndFinish().status == 200 { through.append(timeline.now - start) }
            timeline.wait(step)
        }
        return through
    }

    private func counts(_ times: [TimeSpan], perWindowOf length: Double) -> [Int] {
        var counts: [Int] = []
        for time in times {
            let window = Int(time.nanoseconds / TimeSpan.seconds(length).nanoseconds)
            while counts.count <= window { counts.append(0) }
            counts[window] += 1
        }
        return counts
    }

    @Test func `a fixed window lets its limit through at once, and again when the next minute begins`() {
        let times = through(
            .init(requestsPerMinute: 90, window: .fixed), every: .milliseconds(10), for: .seconds(240))
        #expect(counts(times, perWindowOf: 60) == [90, 90, 90, 90])
        #expect(times[89] == .milliseconds(890))
        #expect(times[90] == .seconds(60))
    }

    @Test func `a fixed window of less than one per minute is one per longer window`() {
        let times = through(
            .init(requestsPerMinute: 0.5, window: .fixed), every: .seconds(1), for: .seconds(600))
        #expect(times == [0, 120, 240, 360, 480].map { .seconds($0) })
    }

    @Test(arguments: [30.0, 90, 3_000, 1, 0.25])
    func `a sliding log lets exactly its limit through in a minute, wherever the minute begins`(limit: Double) {
        let times = through(
            .init(requestsPerMinute: limit, window: .sliding), every: .milliseconds(11), for: .seconds(300))
        let most = Int(max(1, limit))
        let span = 60 * max(1, 1 / limit)
        for (early, late) in zip(times, times.dropFirst(most)) {
            #expect(late.nanoseconds - early.nanoseconds >= TimeSpan.seconds(span).nanoseconds)
        }
        #expect(times.count == most * Int((300 / span).rounded(.up)))
    }

    @Test func `a sliding log remembers when each request came`() {
        var timeline = Timeline { $0.limits = .init(requestsPerMinute: 3, window: .sliding) }
        for gap in [0.0, 10, 20] {
            timeline.wait(.seconds(gap))
            #expect(timeline.askAndFinish().status == 200)
        }
        #expect(timeline.askAndFinish().refusal?.retryAfter == .seconds(30))
        timeline.wait(.seconds(30))
        #expect(timeline.askAndFinish().status == 200)
        #expect(timeline.askAndFinish().refusal?.retryAfter == .seconds(10))
    }

    @Test(
        arguments: zip([600.0, 90, 37, 60, 5, 12_345], [1.0, 1, 1, 10, 1, 1]))
    func `quanta deal the limit out, in whole requests that take turns`(limit: Double, length: Double) {
        let times = through(
            .init(requestsPerMinute: limit, window: .quanta(.seconds(length))), every: .milliseconds(2),
            for: .seconds(180))
        let share = limit * length / 60
        let expected = (0..<Int(180 / length)).map { quantum in
            Int((Double(quantum + 1) * share + 1e-6).rounded(.down))
                - Int((Double(quantum) * share + 1e-6).rounded(.down))
        }
        var counted = counts(times, perWindowOf: length)
        counted += Array(repeating: 0, count: expected.count - counted.count)
        #expect(counted == expected.map { min($0, 500 * Int(length)) })
        #expect(Double(times.count) == 3 * limit)
    }

    @Test func `a request larger than a quantum takes the next ones too`() throws {
        var timeline = Timeline { $0.limits = .init(tokensPerMinute: 6_000, window: .quanta(.seconds(1))) }
        // 100 per second: 350 tokens are paid by four quanta, the fourth of which has 50 left.
        #expect(timeline.askAndFinish(prompt: 304, most: 46).status == 200)
        #expect(timeline.ask(prompt: 5, most: 46).refusal?.retryAfter == .seconds(4))
        #expect(timeline.ask(prompt: 4, most: 46).refusal?.retryAfter == .seconds(3))
        timeline.wait(.seconds(3))
        #expect(timeline.askAndFinish(prompt: 4, most: 46).status == 200)
        #expect(try #require(timeline.ask(prompt: 1, most: 46).rates.tokens).remaining == 0)
    }

    @Test(arguments: windows, charges)
    func `who waits exactly as long as told is let in, and not a nanosecond before`(
        window: WindowModel, charging: ChargeModel
    ) throws {
        var timeline = Timeline {
            $0.limits = .init(
                requestsPerMinute: 700, tokensPerMinute: 31_000, requestsPerSecond: 15,
                inputTokensPerMinute: 17_000, outputTokensPerMinute: 19_000, window: window)
            $0.charging = charging
            $0.answerSigma = 0.7
        }
        var flying: [Verdict] = []
        var dimensions: Set<RateDimension> = []
        for round in 0..<3_000 {
            let verdict = timeline.ask(prompt: 10 + round * 13 % 90, most: 60 + round % 3 * 100)
            if let refusal = verdict.refusal {
                let wait = try #require(refusal.retryAfter)
                dimensions.insert(try #require(refusal.dimension))
                var early = timeline
                early.wait(TimeSpan(nanoseconds: wait.nanoseconds - 1))
                #expect(early.ask(prompt: 10 + round * 13 % 90, most: 60 + round % 3 * 100).status == 429)
                timeline.wait(wait)
                let again = timeline.ask(prompt: 10 + round * 13 % 90, most: 60 + round % 3 * 100)
                #expect(again.status == 200)
                flying.append(again)
            } else {
                flying.append(verdict)
            }
            if flying.count > 5 { timeline.model.finish(flying.removeFirst(), now: timeline.now) }
            timeline.wait(.milliseconds(1))
        }
        #expect(!dimensions.isEmpty && !dimensions.contains(.concurrency))
    }

    @Test(arguments: windows)
    func `waits hold at every speed`(window: WindowModel) throws {
        for speed in [0.3, 7, 10, 12.5] {
            var timeline = Timeline {
                $0.limits = .init(requestsPerMinute: 90, tokensPerMinute: 7_000, window: window)
                $0.speed = speed
            }
            let start = timeline.now
            for round in 0..<300 {
                let refusal = timeline.askAndFinish(prompt: 20 + round % 50).refusal
                guard let wait = refusal?.retryAfter else { continue }
                timeline.wait(wait)
                #expect(timeline.askAndFinish(prompt: 20 + round % 50).status == 200)
            }
            // At most 7000 of about 90 tokens each are let through in a minute, after the first one's worth.
            let minutes = (timeline.now - start).seconds / 60 * speed
            #expect(minutes > 1.4 && minutes < 7)
        }
    }

    @Test func `a day is a day, and its limits say so`() throws {
        var timeline = Timeline { $0.limits = .init(requestsPerDay: 3, tokensPerDay: 1_000_000) }
        for left in [2, 1, 0] {
            let rates = timeline.askAndFinish().rates
            #expect(rates.dailyRequests == .init(limit: 3, remaining: left, reset: .seconds(86_400)))
            timeline.wait(.zero)
        }
        timeline.wait(.seconds(3_600))
        let refusal = try #require(timeline.ask().refusal)
        #expect(refusal.retryAfter == .seconds(82_800))
        #expect(refusal.type == "requests" && refusal.code == "rate_limit_exceeded")
        #expect(
            refusal.message.hasSuffix(
                "on requests per day (RPD): Limit 3, Used 3, Requested 1. Please try again in 23h0m0s."))
        timeline.wait(.seconds(82_800))
        #expect(timeline.ask().status == 200)
        #expect(
            timeline.ask(prompt: 2_000_000).refusal?.message.contains("on tokens per day (TPD): Limit 1000000") == true)
    }

    @Test func `a bucket of a day gives one request back at a time`() {
        var timeline = Timeline {
            $0.limits = .init(requestsPerDay: 10_000, dayWindow: .bucket(depth: .seconds(86_400)))
        }
        for _ in 0..<10_000 { #expect(timeline.askAndFinish().status == 200) }
        #expect(timeline.ask().refusal?.message.hasSuffix("Please try again in 8.64s.") == true)
    }

    @Test func `single limits can be enforced in ways of their own`() {
        var timeline = Timeline {
            $0.limits = .init(requestsPerMinute: 60, tokensPerMinute: 60_000, window: .fixed)
            $0.limits.windows[.requestsPerMinute] = .quanta(.seconds(1))
        }
        #expect(timeline.askAndFinish().status == 200)
        #expect(timeline.ask().refusal?.retryAfter == .seconds(1))
        timeline.wait(.seconds(1))
        let verdict = timeline.ask()
        #expect(verdict.rates.requests == .init(limit: 60, remaining: 0, reset: .seconds(1)))
        #expect(verdict.rates.tokens?.reset == .seconds(59))
    }

    @Test func `windows are counted from the start that is given`() {
        var options = SimulatorOptions()
        options.limits = .init(requestsPerMinute: 1, window: .fixed)
        var model = ProviderModel(options, start: Instant(nanoseconds: 0))
        let late = Instant(nanoseconds: 59_000_000_000)
        #expect(model.arrive(ProviderRequest(promptTokens: 1), now: late).status == 200)
        #expect(model.arrive(ProviderRequest(promptTokens: 1), now: late).refusal?.retryAfter == .seconds(1))
    }
}
