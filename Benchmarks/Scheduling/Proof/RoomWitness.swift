import SluiceCore
import SluiceScheduling

/// Knows, independently of the client, since when a key has had room for a request.
///
/// It allows less than the client: it lets a late request catch up by a third of what the client does, and saves tokens of
/// a fifth of a second or one and a half usual requests. So what has room here has room there, and must not wait.
struct RoomWitness {
    /// How far a late request may catch up, in seconds.
    private static let tolerance = 0.05

    private struct Level {
        let kind: TokenDimension
        let perSecond: Double
        let most: Double
        var amount: Double
    }

    private struct Key {
        let interval: Double
        /// When the next request is due.
        var due = 0.0
        /// When it would be due if nothing were caught up; ITU-T I.371's theoretical arrival time.
        var arrival = 0.0
        /// The last requests, as many as fit into a window, and how long they count.
        var ring: [Double]
        var sent = 0
        let length: Double
        var levels: [Level]
        var updated = 0.0
        let isKnown: Bool
        let dies: Double
    }

    private var keys: [Key]
    private var next = 0

    init(_ scenario: Scenario) {
        keys = scenario.keys.map { Self.key($0, scenario.mix) }
    }

    private static func key(_ key: Scenario.Key, _ mix: Mix) -> Key {
        let truth = key.truth
        let perSecond = (truth.requestsPerMinute ?? .infinity) / 60
        let length = truth.quantum ?? (truth.window == .bucket ? 0 : 60)
        let answer = truth.charge == .actual ? mix.output : Double(mix.maxOutput)
        let usual = TokenUse(input: Int(mix.input), output: Int(answer))
        let levels = TokenDimension.allCases.compactMap { kind in
            truth.perMinute(kind).map { perMinute in
                let (burst, most) = (perMinute / 60 * 0.2, kind.amount(usual) * 1.5)
                // A client begins with a burst; where that is less than a request, it first learns what is usual.
                return Level(
                    kind: kind, perSecond: perMinute / 60, most: max(burst, most), amount: burst > most ? burst : 0)
            }
        }
        return Key(
            interval: 1 / perSecond,
            ring: length > 0 ? Array(repeating: -.infinity, count: Int(perSecond * length)) : [],
            // The client rounds windows up to its cells, and allows for travel times.
            length: length * 1.002 + min(0.25, length / 100), levels: levels,
            // Windows of tokens have no simple lower bound; their use is held to a bar.
            isKnown: truth.concurrency == nil && (truth.window == .bucket || levels.isEmpty),
            dies: key.dies ?? .infinity)
    }

    /// Another key than the one that is used, each in its turn.
    mutating func other() -> Int {
        next = next + 1 < keys.count ? next + 1 : 0
        return next
    }

    /// Since when a key has had room for so many tokens, in seconds; infinite if it has none now, or if that is not known.
    func since(_ key: Int, _ tokens: TokenUse, at now: Double) -> Double {
        let state = keys[key]
        guard state.isKnown, now < state.dies else { return .infinity }
        var since = state.due
        if !state.ring.isEmpty { since = max(since, state.ring[state.sent % state.ring.count] + state.length) }
        for level in state.levels {
            let amount = level.kind.amount(tokens)
            guard amount <= level.most else { return .infinity }
            since = max(since, state.updated + max(0, amount - level.amount) / level.perSecond)
        }
        return since <= now ? since : .infinity
    }

    /// Takes note of a request that goes.
    mutating func take(_ key: Int, _ tokens: TokenUse, at now: Double) {
        advance(key, now)
        if keys[key].sent == 0 { keys[key].arrival = now + Self.tolerance }
        keys[key].arrival = max(keys[key].arrival, now) + keys[key].interval
        keys[key].due = keys[key].arrival - Self.tolerance
        if !keys[key].ring.isEmpty { keys[key].ring[keys[key].sent % keys[key].ring.count] = now }
        keys[key].sent += 1
        for index in keys[key].levels.indices {
            keys[key].levels[index].amount -= keys[key].levels[index].kind.amount(tokens)
        }
    }

    /// Takes note of what a request took in the end.
    mutating func settle(_ key: Int, reserved: TokenUse, used: TokenUse, at now: Double) {
        advance(key, now)
        for index in keys[key].levels.indices {
            let level = keys[key].levels[index]
            let sum = level.amount + level.kind.amount(reserved) - level.kind.amount(used)
            keys[key].levels[index].amount = sum > level.amount ? max(level.amount, min(level.most, sum)) : sum
        }
    }

    private mutating func advance(_ key: Int, _ now: Double) {
        for index in keys[key].levels.indices {
            let level = keys[key].levels[index]
            let sum = level.amount + (now - keys[key].updated) * level.perSecond
            keys[key].levels[index].amount = max(level.amount, min(level.most, sum))
        }
        keys[key].updated = now
    }
}
