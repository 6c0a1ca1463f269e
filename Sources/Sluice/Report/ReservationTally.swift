/// What requests reserved of their answers, and how often tokens were what the run waited for.
package struct ReservationTally: Sendable {
    package private(set) var requests = 0
    package private(set) var tokens = 0
    private var samples = 0
    private var waits = 0

    /// Nothing reserved yet.
    package init() {}

    /// Takes in a request that was answered.
    mutating func add(_ order: Plan.Order) {
        if let cap = order.maxTokens { add(tokens: order.inputTokens + cap) }
    }

    /// Takes in an answered request that had reserved so many tokens.
    package mutating func add(tokens reserved: Int) {
        requests += 1
        tokens += reserved
    }

    /// Takes note of what the run waits for at a moment.
    package mutating func sample(isForTokens: Bool) {
        samples += 1
        if isForTokens { waits += 1 }
    }

    /// Whether tokens held the run back for most of its time.
    package var isBound: Bool { waits * 2 > samples }
}
