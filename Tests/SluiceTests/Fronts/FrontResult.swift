import SluiceSimulator
import Testing

/// What came of a scenario, as the client says and as the provider saw it.
struct FrontResult {
    /// A request as the provider saw it.
    struct Request {
        /// Seconds since any moment.
        let time: Double
        let key: String
        let item: Int?
        /// The status; nil for a reset.
        let status: Int?
    }

    /// Rows answered, with the item that the answer names.
    var answered: [Int: Int] = [:]
    /// Rows failed, with class and code.
    var failed: [Int: String] = [:]
    /// Rows left.
    var left = 0
    /// Requests, as the client counted them.
    var sent = 0
    /// Refusals for a rate, as the client counted them.
    var refused = 0
    /// Attempts that the client says may be paid for in vain.
    var possiblyPaid = 0
    /// Every request, as the provider saw it.
    var requests: [Request] = []
    /// The most at once, as the provider saw it.
    var mostInFlight = 0

    /// Holds the result against what was expected.
    func check(_ scenario: Scenario) {
        let expected = scenario.expected
        #expect(failed == expected.failures)
        #expect(left == expected.left)
        #expect(answered.count == scenario.rows - failed.count - left, "each row has one end")
        #expect(answered.allSatisfy { $0.key == $0.value }, "each answer belongs to its row")

        // The client's counts are the provider's.
        let paid = requests.filter { $0.status == 200 }
        let seen = Set(paid.compactMap(\.item))
        #expect(Set(answered.keys).isSubset(of: seen))
        let wasted = paid.count - answered.count
        #expect(wasted <= expected.mostWasted)
        #expect(wasted <= possiblyPaid)
        // What was on its way when the provider went away, it has not seen.
        let unseen = scenario.outage == nil ? 0 : scenario.slots
        #expect(possiblyPaid <= wasted + requests.count { $0.status == nil } + unseen)
        if scenario.outage == nil { #expect(sent == requests.count) }
        let refusals = requests.count { $0.status == 429 }
        let ofMoney = scenario.provider.answersUntilExhausted.isEmpty ? 0 : refusals
        #expect(refused == refusals - ofMoney)
        #expect((expected.fewestRefusals...max(expected.fewestRefusals, expected.mostRefusals)).contains(refused))

        // No refusal costs an attempt, and no failure more than one.
        let broken = requests.count { ($0.status ?? 500) >= 500 }
        let unauthorised = requests.count { $0.status == 401 }
        if scenario.outage == nil { #expect(sent == answered.count + refusals + broken + unauthorised) }

        #expect(span >= expected.leastSeconds)
        if let most = expected.mostInFlight { #expect(mostInFlight <= most) }
        for (key, range) in expected.answersByKey {
            let count = paid.count { $0.key == key }
            #expect(range.contains(count), "\(count) answers by \(key)")
        }
    }

    private var span: Double {
        let times = requests.map(\.time)
        return (times.max() ?? 0) - (times.min() ?? 0)
    }
}
