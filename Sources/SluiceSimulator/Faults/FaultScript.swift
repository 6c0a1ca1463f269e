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
    /// How often each content was drawn for; kept only if a rule has a rate.
    private var ordinals: [UInt64: UInt64] = [:]

    /// What was drawn for a request.
    struct Draw {
        /// What goes wrong with it, if anything.
        var fault: Fault?
        fileprivate var place: Int?
        fileprivate var content: UInt64?
    }

    /// Sets the luck of faults apart from that of latencies: with the same numbers, what is broken would be what is fast.
    private static let salt: UInt64 = 0x6A09_E667_F3BC_C909

    init(_ rules: [FaultRule], seed: UInt64, speed: Double) {
        self.seed = seed ^ Self.salt
        entries = rules.map { rule in
            var rule = rule
            rule.fault = rule.fault.faster(by: speed)
            rule.condition.after = rule.condition.after.map { .seconds($0.seconds / speed) }
            return Entry(rule: rule)
        }
        drawsByContent = rules.contains { $0.condition.rate != nil }
    }

    /// Draws for a request that has come in.
    mutating func draw(_ request: ProviderRequest, now: Instant) -> Draw {
        var draw = Draw()
        guard !entries.isEmpty else { return draw }
        let start = start ?? now
        self.start = start
        draw.content = drawsByContent ? request.content ?? ContentHash.of(request.body) : nil
        let luck = if let content = draw.content { luck(of: content) } else { 1.0 }
        var edge = 0.0
        for place in entries.indices where entries[place].rule.condition.concerns(request, since: now - start) {
            entries[place].concerned += 1
            let rule = entries[place].rule
            if let nth = rule.condition.nth, !nth.contains(entries[place].concerned) { continue }
            if let rate = rule.condition.rate {
                defer { edge += rate }
                guard luck >= edge, luck < edge + rate else { continue }
            }
            guard draw.fault == nil, entries[place].met < rule.times ?? .max else { continue }
            entries[place].met += 1
            draw.fault = rule.fault
            draw.place = place
        }
        return draw
    }

    /// Undoes a draw for a request that was refused for its key or a limit; its place for `nth` stays taken.
    ///
    /// What is asked again has the same luck, however often it was refused, and a rule is not used up by what it did not
    /// break.
    mutating func takeBack(_ draw: Draw) {
        if let place = draw.place { entries[place].met -= 1 }
        guard let content = draw.content, let ordinal = ordinals[content] else { return }
        ordinals[content] = ordinal > 1 ? ordinal - 1 : nil
    }

    /// A number in 0 ..< 1 that follows from the seed, the content and how often that was drawn for.
    private mutating func luck(of content: UInt64) -> Double {
        let ordinal = ordinals[content, default: 0]
        ordinals[content] = ordinal + 1
        var random = SeededRandom(seed: seed, stream: SeededRandom.stream(content, attempt: ordinal))
        return random.uniform()
    }
}
