import SluiceCore
import SluiceSimulator
import Testing

/// Providers, a job for them, and what must come of it whatever front it is run on.
struct Scenario: Sendable, CustomTestStringConvertible {
    /// A key and what the client is told of its limits.
    struct Key: Sendable {
        let name: String
        var limits = Limits()
        /// The place of its provider.
        var provider = 0
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
        /// The rows that fail, with class and code; all others that are not left are answered.
        var failures: [Int: String] = [:]
        /// Rows that are left because no key is; which ones is chance.
        var left = 0
        /// The most refusals for a rate.
        var mostRefusals = 0
        /// The fewest refusals for a rate: that the limit was really met.
        var fewestRefusals = 0
        /// Rows with more than one attempt that counts, with their number; nil where that is chance.
        var attempts: [Int: Int]?
        /// Requests that may be paid for and were lost; where the provider goes away, the most of them.
        var lost: Int? = 0
        /// The least time from the first request to the last, in seconds: the limit was kept from the start.
        var leastSeconds = 0.0
        /// The most requests at once, as the provider sees it.
        var mostInFlight: Int?
        /// Answers by each key, where that is not chance.
        var answersByKey: [String: ClosedRange<Int>] = [:]
        /// Requests by each key, answered or not.
        var requestsByKey: [String: ClosedRange<Int>] = [:]
        /// The wait that the first refusal asks for, in seconds, and the most requests that were on their way meanwhile.
        var pause: (seconds: Double, most: Int)?
    }

    let testDescription: String
    var rows = 100
    var slots = 20
    var attempts = 3
    /// The prompt's length in bytes, by row; others are short.
    var lengths: [Int: Int] = [:]
    /// The longest time for a request.
    var timeout = TimeSpan.seconds(60)
    /// Each at an address of its own.
    var providers = [SimulatorOptions()]
    var keys = [Key(name: Self.key(1))]
    var outage: Outage?
    var expected = Expectation()

    init(_ name: String, _ change: (inout Scenario) -> Void) {
        testDescription = name
        provider.answerTokens = Self.answerTokens
        provider.latency = .fixed(.milliseconds(5))
        change(&self)
    }

    /// The first provider, or the only one.
    var provider: SimulatorOptions {
        get { providers[0] }
        set { providers[0] = newValue }
    }

    /// Adds a provider like the first one but for its script, and a key that is good there and nowhere else.
    mutating func addProvider(_ script: [FaultRule]) {
        provider.keys = keys.map(\.name)
        var other = provider
        let key = Self.key(keys.count + 1)
        other.keys = [key]
        other.script = script
        keys.append(Key(name: key, provider: providers.count))
        providers.append(other)
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

    /// The tokens of a row's prompt, as client and provider count them.
    func tokens(_ row: Int) -> Int { prompt(row).utf8.count / 4 + 4 }

    /// The request of a row, as the provider's model takes it.
    func request(_ row: Int, key: Key) -> ProviderRequest {
        var request = ProviderRequest(
            key: key.name, model: "m", promptTokens: tokens(row), maxTokens: Self.answerTokens)
        request.body = Bytes(prompt(row))
        return request
    }
}
