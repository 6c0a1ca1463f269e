import SluiceCore
import SluiceSimulator

/// The table of scenarios; limits are those of a provider that lives fast, so that none takes long.
extension Scenario {
    static let all = limits + faults + servers

    private static let limits = [
        told, tokens, unknown, unhinted, invalid, spent, unequal, cap, hiddenCap, giant, penniless, halved, paused,
        revoked,
    ]

    private static let told = Scenario("requests per minute that are told are kept from the first second on") {
        $0.rows = 200
        $0.provider.limits = .init(requestsPerMinute: 12_000)
        $0.keys[0].limits.requestsPerMinute = 12_000
        // 200 a second, a quarter of a second may be caught up.
        $0.expected.leastSeconds = 0.7
    }

    private static let tokens = Scenario("tokens per minute that are told are kept") {
        $0.provider.limits = .init(tokensPerMinute: 200_000)
        $0.keys[0].limits.tokensPerMinute = 200_000
        // About 24 tokens each at 3,333 a second, of which a second's worth is there at the start.
        $0.expected.leastSeconds = 0.2
    }

    private static let unknown = Scenario("an unknown limit with Retry-After is learned without a storm") {
        $0.provider.limits = .init(requestsPerMinute: 6000, bucketDepth: .milliseconds(50))
        $0.attempts = 1
        $0.expected.mostRefusals = 60
        $0.expected.fewestRefusals = 1
    }

    private static let unhinted = Scenario("an unknown limit without any hint is learned without a storm") {
        $0.provider.limits = .init(requestsPerMinute: 6000, bucketDepth: .milliseconds(50))
        $0.provider.sendsRetryAfter = false
        $0.provider.saysWaitInMessage = false
        $0.provider.headers = .none
        $0.attempts = 1
        $0.expected.mostRefusals = 60
        $0.expected.fewestRefusals = 1
    }

    private static let invalid = Scenario("an invalid key is retired and its rows go to the others") {
        $0.provider.keys = [key(1)]
        $0.provider.invalidKeys = [key(2)]
        $0.keys.append(Key(name: key(2)))
        $0.attempts = 1
        $0.expected.answersByKey = [key(1): 100...100]
    }

    private static let spent = Scenario("a key whose money is used up in the middle costs no row and no attempt") {
        $0.provider.keys = [key(1), key(2)]
        $0.provider.answersUntilExhausted = [key(2): 20]
        $0.keys.append(Key(name: key(2)))
        $0.attempts = 1
        $0.expected.answersByKey = [key(1): 80...80, key(2): 20...20]
    }

    private static let unequal = Scenario("keys of unequal speed are each used at their own") {
        $0.rows = 200
        $0.provider.keys = [key(1), key(2)]
        $0.keys = [
            Key(name: key(1), limits: Limits(requestsPerMinute: 3000)),
            Key(name: key(2), limits: Limits(requestsPerMinute: 9000)),
        ]
        // A quarter and three quarters of 200 a second; on a machine that stalls, half and half.
        $0.expected.answersByKey = [key(1): 20...120, key(2): 80...180]
        $0.expected.leastSeconds = 0.7
    }

    private static let cap = Scenario("a concurrency that is told is never exceeded") {
        $0.provider.limits = .init(concurrency: 4)
        $0.keys[0].limits.concurrency = 4
        $0.expected.mostInFlight = 4
    }

    private static let hiddenCap = Scenario("a concurrency that nobody told is learned without a storm") {
        $0.provider.limits = .init(concurrency: 4)
        $0.attempts = 1
        $0.expected.mostRefusals = 100
        $0.expected.fewestRefusals = 1
    }

    private static let giant = Scenario("a request that can never fit fails at once, and the others go on") {
        $0.provider.limits = .init(tokensPerMinute: 100_000)
        $0.keys[0].limits.tokensPerMinute = 100_000
        $0.lengths = [7: 1_000_000]
        $0.expected.failures = [7: "FINAL larger_than_limit"]
    }

    private static let penniless = Scenario("when the last key is used up the rest of the rows are left") {
        $0.provider.keys = [key(1), key(2)]
        $0.provider.answersUntilExhausted = [key(1): 30, key(2): 20]
        $0.keys.append(Key(name: key(2)))
        $0.expected.left = 50
        $0.expected.answersByKey = [key(1): 30...30, key(2): 20...20]
    }

    private static let halved = Scenario("a limit that is halved in mid-run is found out again without a storm") {
        $0.rows = 200
        // 100 a second for 60 rows, and 50 a second for 140.
        $0.provider.limits = .init(requestsPerMinute: 6000, bucketDepth: .milliseconds(200))
        $0.provider.headers = .none
        $0.provider.script = [FaultRule(.init(nth: 60...60), .limits(0.5))]
        $0.keys[0].limits.requestsPerMinute = 6000
        $0.attempts = 1
        $0.expected.attempts = [:]
        $0.expected.fewestRefusals = 1
        $0.expected.mostRefusals = 40
        $0.expected.leastSeconds = 2.7
    }

    private static let paused = Scenario("a wait that refusals ask for is kept by all") {
        $0.slots = 10
        // A single one would be taken for chance (decision 4).
        $0.provider.script = [FaultRule(.init(nth: 30...33), .error(.usual(429, retryAfter: .seconds(1))))]
        $0.attempts = 1
        $0.expected.attempts = [:]
        $0.expected.fewestRefusals = 4
        $0.expected.mostRefusals = 4
        $0.expected.pause = (0.98, 20)
        $0.expected.leastSeconds = 1
    }

    private static let revoked = Scenario("a key that is revoked in mid-run costs no row and no attempt") {
        $0.provider.keys = [key(1), key(2)]
        $0.provider.script = [FaultRule(.init(key: key(2), nth: 10...10), .key(.revoked))]
        $0.keys.append(Key(name: key(2)))
        $0.attempts = 1
        $0.expected.attempts = [:]
        $0.expected.answersByKey = [key(1): 91...91, key(2): 9...9]
        // Two refusals are proof; the others were on their way by then.
        $0.expected.requestsByKey = [key(2): 11...49]
    }
}
