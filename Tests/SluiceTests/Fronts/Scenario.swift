import SluiceCore
import SluiceSimulator
import Testing

/// A provider, a job for it, and what must come of it whatever front it is run on.
struct Scenario: Sendable, CustomTestStringConvertible {
    /// A key and what the client is told of its limits.
    struct Key: Sendable {
        let name: String
        var limits = Limits()
    }

    /// The provider goes away for a while.
    struct Outage: Sendable {
        /// After so many answers.
        let answers: Int
        /// For so long.
        let span: TimeSpan
    }

    /// What is expected beside one end for each row.
    struct Expectation: Sendable {
        /// The rows that fail, with class and code; all others are answered.
        var failures: [Int: String] = [:]
        /// Rows that are left because no key is; which ones is chance.
        var left = 0
        /// The most refusals for a rate.
        var mostRefusals = 0
        /// The fewest refusals for a rate: that the limit was really met.
        var fewestRefusals = 0
        /// The most answers that are paid for and lost.
        var mostWasted = 0
        /// The least time from the first request to the last, in seconds: the limit was kept from the start.
        var leastSeconds = 0.0
        /// The most requests at once, as the provider sees it.
        var mostInFlight: Int?
        /// Answers by each key, where that is not chance.
        var answersByKey: [String: ClosedRange<Int>] = [:]
    }

    let testDescription: String
    var rows = 100
    var slots = 20
    var attempts = 3
    /// The prompt's length in bytes, by row; others are short.
    var lengths: [Int: Int] = [:]
    var provider = SimulatorOptions()
    var keys = [Key(name: Self.key(1))]
    var outage: Outage?
    var expected = Expectation()

    init(_ name: String, _ change: (inout Scenario) -> Void) {
        testDescription = name
        provider.answerTokens = Self.answerTokens
        provider.latency = .fixed(.milliseconds(5))
        change(&self)
    }

    /// Tokens of an answer, which each request asks for at most.
    static let answerTokens = 20
    /// What the provider takes a test's key for.
    static func key(_ number: Int) -> String { "sk-front-000\(number)" }
    /// The prompt of a row, which names it.
    func prompt(_ row: Int) -> String {
        let mark = "item-\(row)"
        return mark + String(repeating: " x", count: max(0, (lengths[row] ?? 0) - mark.utf8.count) / 2)
    }
}
