import SluiceCore

/// The windows of tokens of a provider that does not refill all the time.
struct TokenWindows: Sendable {
    private struct Window: Sendable {
        let kind: TokenKind
        let isDay: Bool
        var window: SlidingWindow
    }

    private let charge: TokenCharge
    private var all: [Window] = []

    init(_ limits: Limits) {
        charge = limits.charge
        if limits.window != .bucket {
            for (kind, limit) in [
                (TokenKind.total, limits.tokensPerMinute), (.input, limits.inputTokensPerMinute),
                (.output, limits.outputTokensPerMinute),
            ] {
                guard let limit else { continue }
                add(kind, limit, .seconds(60), isDay: false)
            }
        }
        if limits.day == .rolling, let limit = limits.tokensPerDay {
            add(.total, limit, .seconds(86400), isDay: true)
        }
    }

    private mutating func add(_ kind: TokenKind, _ limit: Double, _ length: TimeSpan, isDay: Bool) {
        all.append(Window(kind: kind, isDay: isDay, window: SlidingWindow(limit: limit, length: length)))
    }

    var isEmpty: Bool { all.isEmpty }

    /// The limit of a rolling day, if there is one.
    var day: Double? { all.first(where: \.isDay)?.window.limit }

    func due(_ count: TokenUse, now: Instant) -> Instant {
        var due = Instant(nanoseconds: .min)
        for index in all.indices { due = max(due, all[index].window.due(amount(count, index), now: now)) }
        return due
    }

    mutating func take(_ count: TokenUse, now: Instant) {
        for index in all.indices { all[index].window.take(amount(count, index), now: now) }
    }

    /// What is counted at first: where actual use counts, an answer counts when it is there.
    private func amount(_ count: TokenUse, _ index: Int) -> Double {
        all[index].kind.amount(charge == .actual && !all[index].isDay ? TokenUse(input: count.input) : count)
    }

    mutating func settle(reserved: TokenUse, used: TokenUse, sentAt: Instant, now: Instant) {
        for index in all.indices {
            let was = amount(reserved, index)
            let spent = all[index].kind.amount(used)
            switch all[index].isDay ? .reserved : charge {
            case .estimated: break
            case .reserved: all[index].window.correct(by: spent - was, at: sentAt)
            case .actual:
                let prompt = all[index].kind.amount(TokenUse(input: used.input))
                all[index].window.correct(by: prompt - was, at: sentAt)
                all[index].window.take(spent - prompt, now: now)
            }
        }
    }

    mutating func giveBack(_ reserved: TokenUse, sentAt: Instant) {
        for index in all.indices {
            all[index].window.correct(by: -amount(reserved, index), at: sentAt)
        }
    }
}
