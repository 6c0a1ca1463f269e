import SluiceCore

/// The rules of a provider and how often each has been met.
///
/// At most one rule breaks a request: the first that applies. The rates of the rules that concern one request are parts
/// of one draw, so that they add up.
struct FaultScript: Sendable {
    private struct Entry: Sendable {
        var rule: FaultRule
        /// Requests that key, prompt and time were true of.
        var concerned = 0
        /// Requests that it broke.
        var met = 0
    }

    private let seed: UInt64
    private let drawsByContent: Bool
    private var entries: [Entry]
    private var start: Instant?
    /// How often each body has come; kept only if a rule has a rate.
    private var ordinals: [UInt64: UInt32] = [:]

    init(_ rules: [FaultRule], seed: UInt64, speed: Double) {
        self.seed = seed
        entries = rules.map { rule in
            var rule = rule
            rule.fault = rule.fault.faster(by: speed)
            rule.condition.after = rule.condition.after.map { .seconds($0.seconds / speed) }
            return Entry(rule: rule)
        }
        drawsByContent = rules.contains { $0.condition.rate != nil }
    }

    /// What goes wrong with a request that has come in, if anything.
    mutating func draw(_ request: ProviderRequest, now: Instant) -> Fault? {
        guard !entries.isEmpty else { return nil }
        let start = start ?? now
        self.start = start
        let luck = drawsByContent ? luck(of: request) : 1
        var edge = 0.0
        var found: Fault?
        for place in entries.indices where entries[place].rule.condition.concerns(request, since: now - start) {
            entries[place].concerned += 1
            let rule = entries[place].rule
            if let nth = rule.condition.nth, !nth.contains(entries[place].concerned) { continue }
            if let rate = rule.condition.rate {
                defer { edge += rate }
                guard luck >= edge, luck < edge + rate else { continue }
            }
            guard found == nil, entries[place].met < rule.times ?? .max else { continue }
            entries[place].met += 1
            found = rule.fault
        }
        return found
    }

    /// A number in 0 ..< 1 that follows from the seed, the request's content and how often it has come.
    private mutating func luck(of request: ProviderRequest) -> Double {
        let content = request.content ?? ContentHash.of(request.body)
        let ordinal = ordinals[content, default: 0]
        ordinals[content] = ordinal + 1
        var random = SeededRandom(seed: seed ^ content, stream: UInt64(ordinal))
        return random.uniform()
    }
}
