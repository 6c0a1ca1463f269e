import SluiceCore

/// What came of an experiment.
struct Outcome {
    let seed: UInt64
    var ended = 0
    var failed = 0
    var sends = 0
    var refusals = 0
    /// Refusals and sends after the first minute.
    var lateRefusals = 0
    var lateSends = 0
    var unreachable = 0
    /// From which second on the most sends in a second are looked for.
    var peakAfter = Int.max
    private(set) var mostInSecond = 0
    private var busySecond = 0
    private var inSecond = 0
    /// The most sends in a second after an outage, as a multiple of what the limits allow.
    private(set) var peak = 0.0
    var longestGiantWait = 0.0
    var violations: [String] = []
    private(set) var trace: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var seconds = 0.0
    /// The least time that any client needs.
    private(set) var bound = 0.0
    /// The use of the scarce limit in the middle half of the run.
    private(set) var use = 0.0
    /// The least use of a live key's own limit in that time.
    private(set) var leastKeyUse = 0.0
    /// Per key and second of sending: requests and tokens that were answered.
    private var answered: [[(requests: Double, tokens: Double)]]

    init(seed: UInt64, keys: Int) {
        self.seed = seed
        answered = Array(repeating: [], count: keys)
    }

    mutating func note(grant row: Int, account: Int, at now: Int64) {
        sends += 1
        if now > 60_000_000_000 { lateSends += 1 }
        let second = Int(now / 1_000_000_000)
        if second != busySecond { (busySecond, inSecond) = (second, 0) }
        inSecond += 1
        if second > peakAfter { mostInSecond = max(mostInSecond, inSecond) }
        trace = (trace ^ UInt64(bitPattern: now &+ Int64(row) &<< 20 &+ Int64(account))) &* 0x100_0000_01b3
    }

    mutating func note(refusalAt seconds: Double) {
        refusals += 1
        if seconds > 60 { lateRefusals += 1 }
    }

    mutating func note(answer tokens: Double, account: Int, acceptedAt: Instant) {
        let second = Int(acceptedAt.nanoseconds / 1_000_000_000)
        while answered[account].count <= second { answered[account].append((0, 0)) }
        answered[account][second].requests += 1
        answered[account][second].tokens += tokens
    }

    /// Measures the run against what is possible.
    mutating func finish(_ scenario: Scenario, rows: some Sequence<Mix.Row>, seconds: Double) {
        self.seconds = seconds
        var tokens = 0.0
        var count = 0.0
        var latency = 0.0
        for row in rows {
            tokens += Double(row.input + row.output)
            count += 1
            latency += row.latency
        }
        let live = scenario.keys.indices.filter { scenario.keys[$0].counter == nil || scenario.keys[$0].counter == $0 }
        let requestRate = live.reduce(0) { $0 + (scenario.keys[$1].truth.requestsPerMinute ?? .infinity) / 60 }
        let tokenRate = live.reduce(0) { $0 + (scenario.keys[$1].truth.tokensPerMinute ?? .infinity) / 60 }
        peak = Double(mostInSecond) / requestRate
        let atOnce = live.reduce(0) { $0 + Double(scenario.keys[$1].truth.concurrency ?? scenario.slots) }
        bound = max(count / requestRate, tokens / tokenRate, latency / min(Double(scenario.slots), atOnce))

        let from = Int(seconds / 4)
        let to = Int(seconds * 3 / 4)
        guard to > from else { return }
        var best = (requests: 0.0, tokens: 0.0)
        leastKeyUse = .infinity
        for key in scenario.keys.indices {
            var own = (requests: 0.0, tokens: 0.0)
            for second in from..<max(from, min(to, answered[key].count)) {
                own.requests += answered[key][second].requests
                own.tokens += answered[key][second].tokens
            }
            best = (best.requests + own.requests, best.tokens + own.tokens)
            if scenario.keys[key].dies != nil || scenario.keys[key].counter != nil { continue }
            let truth = scenario.keys[key].truth
            let span = Double(to - from) / 60
            leastKeyUse = min(
                leastKeyUse,
                max(
                    own.requests / (truth.requestsPerMinute ?? .infinity) / span,
                    own.tokens / (truth.tokensPerMinute ?? .infinity) / span))
        }
        var factor = 1.0
        if let change = scenario.faults.change, change.at < seconds / 4 { factor = change.factor }
        let dead = scenario.keys.filter { $0.dies.map { $0 < seconds / 4 } ?? false }
        let lostRequests = dead.reduce(0) { $0 + ($1.truth.requestsPerMinute ?? 0) / 60 }
        let lostTokens = dead.reduce(0) { $0 + ($1.truth.tokensPerMinute ?? 0) / 60 }
        let span = Double(to - from) * factor
        use = max(best.requests / (requestRate - lostRequests) / span, best.tokens / (tokenRate - lostTokens) / span)
    }
}
