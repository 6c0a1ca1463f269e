import SluiceCore

/// The windows of tokens of a provider that does not refill all the time.
struct TokenWindows: Sendable {
    private enum Kind: Sendable {
        case total
        case input
        case output

        func amount(_ count: TokenCount) -> Double {
            switch self {
            case .total: Double(count.total)
            case .input: Double(count.input)
            case .output: Double(count.output)
            }
        }
    }

    private struct Window: Sendable {
        let kind: Kind
        let isDay: Bool
        var window: SlidingWindow
    }

    private let charge: TokenCharge
    private var all: [Window] = []

    init(_ limits: Limits) {
        charge = limits.charge
        if limits.window != .bucket {
            for (kind, limit) in [
                (Kind.total, limits.tokensPerMinute), (.input, limits.inputTokensPerMinute),
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

    private mutating func add(_ kind: Kind, _ limit: Double, _ length: TimeSpan, isDay: Bool) {
        all.append(Window(kind: kind, isDay: isDay, window: SlidingWindow(limit: limit, length: length)))
    }

    var isEmpty: Bool { all.isEmpty }

    /// The limit of a rolling day, if there is one.
    var day: Double? { all.first(where: \.isDay)?.window.limit }

    func due(_ count: TokenCount, now: Instant) -> Instant {
        all.reduce(Instant(nanoseconds: .min)) { max($0, $1.window.due($1.kind.amount(count), now: now)) }
    }

    mutating func take(_ count: TokenCount, now: Instant) {
        for index in all.indices { all[index].window.take(all[index].kind.amount(count), now: now) }
    }

    mutating func settle(reserved: TokenCount, used: TokenCount, sentAt: Instant, now: Instant) {
        for index in all.indices {
            let was = all[index].kind.amount(reserved)
            let spent = all[index].kind.amount(used)
            switch all[index].isDay ? .reserved : charge {
            case .estimated: break
            case .reserved: all[index].window.correct(by: spent - was, at: sentAt)
            case .actual:
                // What is counted when it is used is counted now.
                all[index].window.correct(by: -was, at: sentAt)
                all[index].window.take(spent, now: now)
            }
        }
    }

    mutating func giveBack(_ reserved: TokenCount, sentAt: Instant) {
        for index in all.indices {
            all[index].window.correct(by: -all[index].kind.amount(reserved), at: sentAt)
        }
    }
}
