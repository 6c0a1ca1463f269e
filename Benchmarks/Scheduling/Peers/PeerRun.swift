import DequeModule
import HeapModule
import SluiceCore
import SluiceScheduling

/// A run of one scenario by the algorithm of another client.
///
/// Where it knows one key only, each key gets its share of the rows beforehand, as by one process for each.
struct PeerRun {
    private enum Kind: UInt8 {
        case attend, arrive, answer, refused, again
    }

    private struct Event: Comparable {
        let at: Double
        let order: Int
        let kind: Kind
        let row: Int
        let key: Int
        static func < (left: Event, right: Event) -> Bool { (left.at, left.order) < (right.at, right.order) }
        static func == (left: Event, right: Event) -> Bool { left.order == right.order }
    }

    /// What the client keeps of a key.
    private struct Key {
        var waiting = Deque<Int>()
        var requests = 0.0
        var tokens = 0.0
        var updated = 0.0
        var restsUntil = 0.0
        /// When it looks again; never if nothing is planned.
        var planned = Double.infinity
    }

    private struct RowState {
        var row: Mix.Row
        var attempts = 0
        var charged = 0.0
        var truth = TokenUse.zero
        var entry = 0
        var sentAt = 0.0
    }

    let scenario: Scenario
    let peer: Peer
    private(set) var result: Outcome
    private var counters: [Counter]
    private var heap = Heap<Event>()
    private var order = 0
    private var now = 0.0
    private var keys: [Key]
    private var rows: [RowState] = []
    private var random: SplitMix64
    private var outputs = Deque<Double>()
    private var sumOfOutputs = 0.0
    private var nextRow = 0

    init(_ scenario: Scenario, by peer: Peer, seed: UInt64) {
        self.scenario = scenario
        self.peer = peer
        counters = scenario.keys.map { Counter($0.truth) }
        keys = scenario.keys.map { _ in Key() }
        random = SplitMix64(seed: seed &+ 0x51CE)
        result = Outcome(scenario, seed: seed)
        var mix = SplitMix64(seed: seed &+ 77)
        for _ in 0..<scenario.rows { rows.append(RowState(row: scenario.mix.row(using: &mix))) }
        guard peer == .cookbook else { return }
        for index in keys.indices {
            keys[index].requests = scenario.keys[index].told.requestsPerMinute ?? 0
            keys[index].tokens = scenario.keys[index].told.tokensPerMinute ?? 0
        }
    }

    mutating func run() {
        if peer == .litellm {
            for _ in 0..<min(scenario.slots, rows.count) { start() }
        } else {
            for row in rows.indices { keys[row % keys.count].waiting.append(row) }
            for key in keys.indices { attend(key) }
        }
        while result.ended < rows.count, let event = heap.popMin() {
            now = event.at
            happen(event)
        }
        result.finish(scenario, rows: rows.lazy.map(\.row), seconds: now)
    }

    private mutating func happen(_ event: Event) {
        switch event.kind {
        case .attend:
            guard event.at >= keys[event.key].planned else { return }
            keys[event.key].planned = .infinity
            attend(event.key)
        case .arrive: arrive(event.row, event.key)
        case .answer:
            let row = rows[event.row]
            let tokens = TokenUse(input: row.row.input, output: row.row.output)
            let used = Double(tokens.total)
            counters[event.key].settle(entry: row.entry, charged: row.truth, used: tokens, at: now)
            result.note(answer: tokens, account: event.key, acceptedAt: Instant(nanoseconds: Int64(row.sentAt * 1e9)))
            outputs.append(Double(row.row.output))
            sumOfOutputs += Double(row.row.output)
            if outputs.count > 50 { sumOfOutputs -= outputs.removeFirst() }
            if peer == .curator { keys[event.key].tokens += row.charged - used }
            result.end(.answered)
            if peer == .litellm { start() }
        case .refused: refused(event.row, event.key)
        case .again: choose(event.row)
        }
    }

    private mutating func schedule(_ at: Double, _ kind: Kind, row: Int = 0, key: Int) {
        order += 1
        heap.insert(Event(at: at, order: order, kind: kind, row: row, key: key))
    }

    private mutating func start() {
        guard nextRow < rows.count else { return }
        nextRow += 1
        choose(nextRow - 1)
    }

    /// A key by chance, weighted by its limit; one that rests only if all do.
    private mutating func choose(_ row: Int) {
        let live = keys.indices.filter { keys[$0].restsUntil <= now }
        guard !live.isEmpty else {
            // Nothing is left for now: that counts as a failed attempt, and is tried again after a while.
            return retry(row)
        }
        let weights = live.map { scenario.keys[$0].told.requestsPerMinute ?? 1 }
        var place = random.unit() * weights.reduce(0, +)
        var chosen = live[0]
        for (key, weight) in zip(live, weights) {
            chosen = key
            place -= weight
            if place < 0 { break }
        }
        send(row, by: chosen)
    }

    private mutating func retry(_ row: Int) {
        rows[row].attempts += 1
        guard rows[row].attempts < peer.attempts else { return lose() }
        let most = min(8, 0.5 * Double(1 << rows[row].attempts))
        schedule(now + most * (0.25 + 0.75 * random.unit()), .again, row: row, key: 0)
    }

    /// Sends what the buckets of a key have room for, in order, and plans the next look.
    private mutating func attend(_ index: Int) {
        let told = scenario.keys[index].told
        while let row = keys[index].waiting.first {
            let passed = now - keys[index].updated
            keys[index].updated = now
            let requests = told.requestsPerMinute ?? .infinity
            let tokens = told.tokensPerMinute ?? .infinity
            keys[index].requests = min(requests, keys[index].requests + passed * requests / 60)
            keys[index].tokens = min(tokens, keys[index].tokens + passed * tokens / 60)
            let cost = min(tokens, Double(rows[row].row.input) + expectedOutput)
            if keys[index].restsUntil > now { return plan(index, keys[index].restsUntil) }
            let lack = max(
                (1 - keys[index].requests) / requests * 60,
                tokens.isFinite ? (cost - keys[index].tokens) / tokens * 60 : 0)
            // It looks every millisecond.
            guard lack <= 0 else { return plan(index, now + max(0.001, lack)) }
            keys[index].requests -= 1
            keys[index].tokens -= cost
            rows[row].charged = cost
            keys[index].waiting.removeFirst()
            send(row, by: index)
        }
    }

    private var expectedOutput: Double {
        guard peer == .curator else { return Double(scenario.mix.maxOutput) }
        return outputs.isEmpty ? Double(scenario.mix.maxOutput) : sumOfOutputs / Double(outputs.count)
    }

    private mutating func plan(_ key: Int, _ moment: Double) {
        keys[key].planned = moment
        schedule(moment, .attend, key: key)
    }

    private mutating func send(_ row: Int, by key: Int) {
        rows[row].sentAt = now
        result.note(grant: row, account: key, at: Int64(now * 1e9))
        schedule(now + 0.001 + scenario.mix.jitter * random.unit(), .arrive, row: row, key: key)
    }

    private mutating func arrive(_ row: Int, _ key: Int) {
        let isActual = scenario.keys[key].truth.charge == .actual
        let charged = TokenUse(input: rows[row].row.input, output: isActual ? 0 : scenario.mix.maxOutput)
        guard let entry = counters[key].admit(charged: charged, at: now).entry else {
            return schedule(now + 0.001, .refused, row: row, key: key)
        }
        rows[row].entry = entry
        rows[row].truth = charged
        schedule(now + rows[row].row.latency + 0.001, .answer, row: row, key: key)
    }

    private mutating func refused(_ row: Int, _ key: Int) {
        result.note(refusalAt: now, isStray: false)
        keys[key].restsUntil = now + peer.rest
        guard peer != .litellm else { return retry(row) }
        rows[row].attempts += 1
        guard rows[row].attempts < peer.attempts else { return lose() }
        keys[key].waiting.prepend(row)
        attend(key)
    }

    private mutating func lose() {
        result.end(.failed)
        if peer == .litellm { start() }
    }
}
