import SluiceCore
import SluiceScheduling
import Testing

/// Limits that replies tell: never gone above, and believed only where they are sure to be understood.
struct AdmissionMachineToldLimitsTests {
    private typealias Reading = ToldLimits.Reading

    private func requests(_ reading: Reading) -> ToldLimits {
        var told = ToldLimits()
        told.requests = reading
        return told
    }

    /// Tells of each limit with the reply to the first request, then asks for so many; the seconds that they take.
    private func seconds(_ told: [ToldLimits], _ limits: Limits = Limits(), demand: TokenDemand = TokenDemand())
        -> Double
    {
        var run = Harness([AdmissionPolicy.Account(name: "a", limits: limits, credentials: ["a-0"])])
        run.ask(1)
        guard let grant = run.grants[1] else { return .infinity }
        for (place, limits) in told.enumerated() { run.send(.told(grant, limits), at: 0.1 + Double(place) / 100) }
        run.settle(1, .answered(tokens: nil), at: 0.2)
        for ticket in 2...101 { run.ask(UInt64(ticket), demand: demand, at: 0.2) }
        run.run(until: 10_000)
        let sent = (2...101).compactMap { run.grants[UInt64($0)]?.sentAt }
        guard sent.count == 100, let last = sent.max() else { return .infinity }
        return (last - at(0.2)).seconds
    }

    @Test func `without a word everything goes at once`() {
        #expect(seconds([]) < 1)
    }

    @Test func `requests per minute are paced as the provider says`() {
        let told = requests(Reading(limit: 600, remaining: 599, isPerMinute: true))
        #expect(abs(seconds([told]) - 10) < 0.3)
    }

    @Test func `a time that is a second whatever was used tells no window`() {
        // 1,000 in a second, rounded up to seconds: taken as they stand, both would tell 10 s.
        let first = requests(Reading(limit: 1000, remaining: 913, reset: .seconds(1), isPerMinute: false))
        let second = requests(Reading(limit: 1000, remaining: 883, reset: .seconds(1), isPerMinute: false))
        #expect(seconds([first, second]) < 1)
    }

    @Test func `a lower limit of the user wins, and a lower one of the provider`() {
        let told = requests(Reading(limit: 600, isPerMinute: true))
        #expect(abs(seconds([told], Limits(requestsPerMinute: 300)) - 20) < 0.5)
        #expect(abs(seconds([told], Limits(requestsPerMinute: 3000)) - 10) < 0.3)
    }

    @Test func `a limit that rises is believed once several replies in a row say so`() {
        let low = requests(Reading(limit: 60, isPerMinute: true))
        let high = requests(Reading(limit: 600, isPerMinute: true))
        #expect(abs(seconds([low] + Array(repeating: high, count: 5)) - 10) < 1.2)
        #expect(abs(seconds([low] + Array(repeating: high, count: 4)) - 100) < 1.5)
        #expect(abs(seconds([low, high, high, high, high, low, high, high]) - 100) < 1.5)
        // Never above the user's own.
        #expect(abs(seconds([low] + Array(repeating: high, count: 9), Limits(requestsPerMinute: 300)) - 20) < 1.5)
    }

    @Test func `a limit of tokens that rises is believed as well, and what is owed stays owed`() {
        func tokens(_ limit: Double) -> ToldLimits {
            var told = ToldLimits()
            told.tokens = Reading(limit: limit, isPerMinute: true)
            return told
        }
        let demand = TokenDemand(input: 100)
        let rising = [tokens(6000)] + Array(repeating: tokens(60_000), count: 5)
        #expect(abs(seconds(rising, demand: demand) - 10) < 1)
        #expect(abs(seconds(Array(rising.dropLast()), demand: demand) - 100) < 2)
        #expect(abs(seconds(rising, Limits(tokensPerMinute: 30_000), demand: demand) - 20) < 1)
    }

    @Test func `what only may be a minute has to be said twice`() {
        let first = requests(Reading(limit: 600, remaining: 599, reset: .milliseconds(100), isPerMinute: false))
        let second = requests(Reading(limit: 600, remaining: 590, reset: .seconds(1), isPerMinute: false))
        #expect(seconds([first]) < 1)
        #expect(seconds([first, first]) < 1)
        #expect(abs(seconds([first, second]) - 10) < 0.3)
    }

    @Test func `a counter that starts anew each minute is not taken for a day`() {
        // One used and 57.6 s left of the minute would be 1,500 a day, if it were refilled all the time.
        let first = requests(Reading(limit: 1500, remaining: 1499, reset: .seconds(57.6), isPerMinute: false))
        let second = requests(Reading(limit: 1500, remaining: 1490, reset: .seconds(57), isPerMinute: false))
        #expect(seconds([first, second]) < 1)
    }

    @Test func `a limit per day is told from one per minute`() {
        let first = requests(Reading(limit: 50, remaining: 49, reset: .seconds(1728), isPerMinute: false))
        let second = requests(Reading(limit: 50, remaining: 40, reset: .seconds(17_280), isPerMinute: false))
        // Forty are left today; the rest waits for the reset.
        #expect(seconds([first, second]) == .infinity)
    }

    @Test func `prompts and answers per minute are kept apart`() {
        var told = ToldLimits()
        told.inputTokens = Reading(limit: 60_000, isPerMinute: true)
        told.outputTokens = Reading(limit: 6_000_000, isPerMinute: true)
        #expect(abs(seconds([told], demand: TokenDemand(input: 100, output: 100)) - 9.8) < 0.5)
    }

    @Test func `what waits and is larger than what the provider tells is refused at once`() {
        var run = Harness([AdmissionPolicy.Account(name: "a", limits: Limits(concurrency: 1), credentials: ["a-0"])])
        run.ask(1)
        run.ask(2, tokens: 50_000)
        guard let grant = run.grants[1] else { return }
        var told = ToldLimits()
        told.tokens = Reading(limit: 30_000, remaining: 29_000, isPerMinute: true)
        run.send(.told(grant, told), at: 1)
        #expect(run.refusals == [2: .tooLarge(needs: 50_000, limit: 30_000)])
    }
}
