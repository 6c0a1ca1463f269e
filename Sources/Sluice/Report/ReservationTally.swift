/// What requests reserved of their answers, and how often tokens were what the run waited for.
struct ReservationTally: Sendable {
    private(set) var requests = 0
    private(set) var tokens = 0
    private var samples = 0
    private var waits = 0

    /// Takes in a request that was answered.
    mutating func add(_ order: Plan.Order) {
        guard let cap = order.maxTokens else { return }
        requests += 1
        tokens += order.inputTokens + cap
    }

    mutating func sample(isForTokens: Bool) {
        samples += 1
        if isForTokens { waits += 1 }
    }

    /// Whether tokens held the run back for most of its time.
    var isBound: Bool { waits * 2 > samples }
}
