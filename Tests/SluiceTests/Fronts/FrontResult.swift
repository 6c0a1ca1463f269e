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
        /// The status of the reply, whether it arrived or not; nil where not even a head was sent.
        let status: Int?

        /// Whether the client may have to pay for it, as far as it can know.
        var mayBePaid: Bool { status ?? 200 == 200 }
        /// Whether it uses an attempt of its row.
        var isAttempt: Bool { mayBePaid || status ?? 0 >= 500 }
    }

    /// Rows answered, with the item that the answer names.
    var answered: [Int: Int] = [:]
    /// Rows failed, with class and code.
    var failed: [Int: String] = [:]
    /// Rows left.
    var left = 0
    /// The client's count for each row: of an answered one the attempts that count, of a failed one all requests.
    var attempts: [Int: Int] = [:]
    /// Requests, as the client counted them.
    var sent = 0
    /// Refusals for a rate, as the client counted them.
    var refused = 0
    /// Attempts that the client says may be paid for in vain.
    var possiblyPaid = 0
    /// Every request, as the providers saw it.
    var requests: [Request] = []
    /// The most at once, as a provider saw it.
    var mostInFlight = 0

    /// Holds the result against what was expected.
    func check(_ scenario: Scenario) {
        let expected = scenario.expected
        #expect(failed == expected.failures)
        #expect(left == expected.left)
        #expect(answered.count == scenario.rows - failed.count - left, "each row has one end")
        #expect(answered.allSatisfy { $0.key == $0.value }, "each answer belongs to its row")
        checkAttempts(scenario)
        checkPayments(scenario)
        checkLimits(scenario)
        for (key, range) in expected.answersByKey {
            let count = requests.count { $0.key == key && $0.status == 200 }
            #expect(range.contains(count), "\(count) answers by \(key)")
        }
        for (key, range) in expected.requestsByKey {
            let count = requests.count { $0.key == key }
            #expect(range.contains(count), "\(count) requests by \(key)")
        }
    }

    /// No refusal costs an attempt, and no failure more than one.
    private func checkAttempts(_ scenario: Scenario) {
        if let more = scenario.expected.attempts { #expect(attempts.filter { $0.value != 1 } == more) }
        // What was on its way when the provider went away, it has not seen.
        guard scenario.outage == nil else { return }
        #expect(sent == requests.count)
        let seen = Dictionary(grouping: requests) { $0.item ?? 0 }
        for (row, count) in attempts {
            let asked = seen[row, default: []]
            if failed[row] != nil {
                #expect(count == asked.count, "row \(row), which failed")
            } else if scenario.providers.count == 1 {
                #expect(count == asked.count(where: \.isAttempt), "row \(row)")
            } else {
                // A request that tries out whether a server is well again costs its row nothing.
                #expect((1...max(1, asked.count(where: \.isAttempt))).contains(count), "row \(row)")
            }
        }
    }

    /// What is paid for and lost is what the client says.
    private func checkPayments(_ scenario: Scenario) {
        #expect(Set(answered.keys).isSubset(of: Set(requests.filter { $0.status == 200 }.compactMap(\.item))))
        let lost = requests.count(where: \.mayBePaid) - answered.count
        if scenario.outage == nil {
            #expect(possiblyPaid == lost)
            if let expected = scenario.expected.lost { #expect(lost == expected) }
        } else {
            #expect(lost <= scenario.expected.lost ?? .max)
            #expect((lost...lost + scenario.slots).contains(possiblyPaid))
        }
    }

    private func checkLimits(_ scenario: Scenario) {
        let expected = scenario.expected
        let refusals = requests.filter { $0.status == 429 }
        let ofMoney = scenario.provider.answersUntilExhausted.isEmpty ? 0 : refusals.count
        #expect(refused == refusals.count - ofMoney)
        #expect((expected.fewestRefusals...max(expected.fewestRefusals, expected.mostRefusals)).contains(refused))

        let times = requests.map(\.time)
        #expect((times.max() ?? 0) - (times.min() ?? 0) >= expected.leastSeconds)
        if let most = expected.mostInFlight { #expect(mostInFlight <= most) }
        if let pause = expected.pause, let first = refusals.map(\.time).min() {
            let meanwhile = times.count { $0 > first && $0 < first + pause.seconds }
            #expect(meanwhile <= pause.most, "\(meanwhile) requests in the pause that was asked for")
        }
    }
}
