import SluiceCore
import SluiceSimulator
import Testing

@Suite struct ChargeModelTests {
    /// What is left of 10,000 tokens per minute after a request of 100 tokens that asks for at most 400 and gets 50:
    /// on receipt, and at its end.
    private func left(_ charging: ChargeModel, most: Int? = 400, window: WindowModel) throws -> [Int] {
        var timeline = Timeline {
            $0.limits = .init(
                tokensPerMinute: 10_000, tokensPerDay: 20_000, inputTokensPerMinute: 30_000,
                outputTokensPerMinute: 40_000, window: window)
            $0.charging = charging
            $0.answerTokens = 50
        }
        let verdict = timeline.ask(prompt: 100, most: most)
        timeline.model.finish(verdict, now: timeline.now)
        // Another request of one token shows what is left, less its own charge.
        let after = timeline.ask(prompt: 1, most: 1)
        return try [verdict.rates, after.rates].flatMap { rates in
            [
                try #require(rates.tokens).remaining, try #require(rates.dailyTokens).remaining,
                try #require(rates.inputTokens).remaining, try #require(rates.outputTokens).remaining,
            ]
        }
    }

    @Test(arguments: [WindowModel.bucket(depth: .seconds(60)), .fixed, .sliding, .quanta(.seconds(60))])
    func `each model charges on receipt and at the end what it should`(window: WindowModel) throws {
        #expect(
            try left(.reserve(givesBack: true), window: window)
                == [9_500, 19_500, 29_900, 39_600, 9_848, 19_848, 29_899, 39_949])
        #expect(
            try left(.reserve(givesBack: false), window: window)
                == [9_500, 19_500, 29_900, 39_600, 9_498, 19_498, 29_899, 39_599])
        #expect(
            try left(.estimate, window: window) == [9_850, 19_850, 29_900, 39_950, 9_848, 19_848, 29_899, 39_949])
        #expect(
            try left(.estimate, most: 20, window: window)
                == [9_880, 19_880, 29_900, 39_980, 9_878, 19_878, 29_899, 39_979])
        #expect(
            try left(.actual, window: window) == [10_000, 20_000, 29_900, 40_000, 9_850, 19_850, 29_899, 39_950])
    }

    @Test(arguments: [WindowModel.bucket(depth: .seconds(60)), .fixed, .sliding])
    func `what is charged at the end lets more in than the limit, and then nothing until it is paid`(
        window: WindowModel
    ) throws {
        var timeline = Timeline {
            $0.limits = .init(tokensPerMinute: 600, window: window)
            $0.charging = .actual
            $0.answerTokens = 500
        }
        let flying = (0..<4).map { _ in timeline.ask(prompt: 100) }
        #expect(flying.allSatisfy { $0.status == 200 })
        for verdict in flying { timeline.model.finish(verdict, now: timeline.now) }
        let wait = try #require(timeline.ask(prompt: 100).refusal?.retryAfter)
        // 2,400 of 600 per minute: a bucket is three minutes in debt and then fills by one, a window just ends.
        #expect(wait == (window == .bucket(depth: .seconds(60)) ? .seconds(180.1) : .seconds(60)))
        timeline.wait(wait)
        #expect(timeline.ask(prompt: 100).status == 200)
    }

    @Test func `what is given back late goes to the window in which it was taken`() throws {
        for window in [WindowModel.fixed, .sliding] {
            var timeline = Timeline {
                $0.limits = .init(tokensPerMinute: 1_000, window: window)
                $0.answerTokens = 10
            }
            let early = timeline.ask(prompt: 90, most: 810)
            timeline.wait(.seconds(61))
            let late = timeline.ask(prompt: 90, most: 410)
            #expect(try #require(late.rates.tokens).remaining == 500)
            timeline.model.finish(early, now: timeline.now)
            #expect(try #require(timeline.ask(prompt: 1, most: 1).rates.tokens).remaining == 498)
            timeline.model.finish(late, now: timeline.now)
            #expect(try #require(timeline.ask(prompt: 1, most: 1).rates.tokens).remaining == 896)
        }
    }

    @Test func `an embedding is charged its text alone`() throws {
        for charging in WindowModelTests.charges {
            var timeline = Timeline {
                $0.limits = .init(
                    tokensPerMinute: 1_000, outputTokensPerMinute: 10, window: .bucket(depth: .seconds(60)))
                $0.charging = charging
            }
            for _ in 0..<9 {
                let verdict = timeline.ask(prompt: 100, most: nil, choices: 0)
                #expect(verdict.status == 200)
                timeline.model.finish(verdict, now: timeline.now)
            }
            let last = timeline.ask(prompt: 100, choices: 0)
            timeline.model.finish(last, now: timeline.now)
            #expect(try #require(last.rates.outputTokens).remaining == 10)
            #expect(timeline.ask(prompt: 100, choices: 0).refusal?.dimension == .tokensPerMinute)
        }
    }

    @Test func `a debt of answers keeps no request out that generates nothing`() {
        var timeline = Timeline {
            $0.limits = .init(
                requestsPerMinute: 60, outputTokensPerMinute: 60, window: .bucket(depth: .seconds(1)))
            $0.charging = .actual
            $0.answerTokens = 600
        }
        _ = timeline.askAndFinish()
        // The second limit is full again after a second, the debt is paid after ten minutes.
        let wait = timeline.ask(choices: 0).refusal?.retryAfter ?? .zero
        #expect(wait > .zero && wait <= .seconds(1))
        timeline.wait(.seconds(1))
        #expect(timeline.ask(choices: 0).status == 200)
        timeline.wait(.seconds(1))
        #expect((timeline.ask().refusal?.retryAfter ?? .zero) > .seconds(60))
    }
}
