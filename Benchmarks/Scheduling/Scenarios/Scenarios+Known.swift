import SluiceCore
import SluiceScheduling

extension Scenarios {
    /// Limits that the client knows: an hour of work each.
    static let known: [Scenario] = [
        Scenario(
            name: "bucket, reserved", keys: [key(truth(3000, 2e6))], rows: 146_000, seeds: 6, slots: 800,
            bars: [.use: 0.99, .makespan: 1.02]),
        Scenario(
            name: "bucket of a second", keys: [key(second)], rows: 146_000, seeds: 6, slots: 800,
            bars: [.use: 0.99, .makespan: 1.02]),
        Scenario(
            name: "bucket, actual", keys: [key(truth(3000, 2e6, .bucket, .actual))], rows: 146_000, seeds: 8,
            slots: 800, bars: [.use: 0.99, .makespan: 1.02]),
        Scenario(
            name: "prompts and answers", keys: [key(split)], rows: 180_000, seeds: 4, slots: 800,
            bars: [.use: 0.99, .makespan: 1.02]),
        Scenario(
            name: "quantum of 1 s", keys: [key(truth(3000, nil, quantum: 1))], rows: 180_000, seeds: 6, slots: 600,
            bars: [.use: 0.98]),
        Scenario(
            name: "quantum of 10 s", keys: [key(truth(3000, nil, quantum: 10))], rows: 180_000, seeds: 4, slots: 600,
            bars: [.use: 0.98]),
        Scenario(
            name: "fixed minute", keys: [key(truth(3000, nil, .fixed))], rows: 180_000, seeds: 4, slots: 600,
            bars: [.use: 0.99]),
        Scenario(
            name: "fixed minute, tokens", keys: [key(truth(6000, 2e6, .fixed, .actual))], rows: 146_000, seeds: 6,
            slots: 800, bars: [.use: 0.99]),
        Scenario(
            name: "sliding minute", keys: [key(truth(3000, nil, .sliding))], rows: 180_000, seeds: 4, slots: 600,
            bars: [.use: 0.99]),
        Scenario(
            name: "sliding, reserved", keys: [key(truth(6000, 2e6, .sliding))], rows: 130_000, seeds: 6, slots: 800,
            bars: [.use: 0.99]),
        Scenario(
            name: "giants of 60 k", keys: [key(truth(3000, 2e6))], rows: 105_000, seeds: 10, slots: 500,
            mix: Mix(giants: 0.005), bars: [.use: 0.99, .makespan: 1.02, .pause: 1]),
        Scenario(
            name: "64 at once", keys: [key(truth(nil, nil, concurrency: 64))], rows: 20_000, seeds: 4, slots: 400,
            bars: [.makespan: 1.02]),
        Scenario(
            name: "budget of 400 dollars", keys: [key(truth(6000, nil))], rows: 100_000, seeds: 4, slots: 800,
            faults: .init(serverErrors: 0.01), budget: Money(dollars: 400), bars: [.spent: 0.99]),
        Scenario(
            name: "days of 10 min", keys: [key(day(requests: 20_000)), key(day(tokens: 16e6)), key(day(dollars: 80))],
            rows: 200_000, seeds: 3, slots: 600, day: 600, bars: [.dayUse: 0.99]),
    ]

    /// 6,000 requests per minute, and something per day.
    private static func day(requests: Double? = nil, tokens: Double? = nil, dollars: Double? = nil) -> Truth {
        var day = truth(6000, nil)
        day.requestsPerDay = requests
        day.tokensPerDay = tokens
        day.spendPerDay = dollars.flatMap { Money(dollars: $0) }
        return day
    }

    /// Tokens beyond a second's are refused at once.
    private static let second: Truth = {
        var second = truth(3000, 2e6)
        second.tokenDepth = 1
        return second
    }()

    /// As Anthropic counts: prompts and answers apart.
    private static let split: Truth = {
        var split = truth(6000, nil, .bucket, .actual)
        split.inputTokensPerMinute = 1.6e6
        split.outputTokensPerMinute = 1.24e6
        return split
    }()
}
