import SluiceCore

/// What the providers of a scenario allow its rows, and what a run has made of it.
struct Capacity {
    private let scenario: Scenario
    private let requests: FluidBound
    private let tokens: FluidBound
    private let prompts: FluidBound
    private let answers: FluidBound
    /// The least time that any client needs, in seconds.
    let bound: Double
    /// What all keys allow per second as long as nothing changes.
    let requestRate: Double
    /// The share of the tokens that can be used at all: what a sliding log reserves for an answer counts as long as the
    /// answer takes.
    private let feasible: Double

    init(_ scenario: Scenario, rows: some Sequence<Mix.Row>) {
        self.scenario = scenario
        requests = FluidBound(scenario) { ($0.requestsPerMinute ?? .infinity) / 60 }
        tokens = FluidBound(scenario) { ($0.tokensPerMinute ?? .infinity) / 60 }
        var used = 0.0
        var held = 0.0
        var count = 0.0
        var latency = 0.0
        var input = 0.0
        for row in rows {
            used += Double(row.input + row.output)
            input += Double(row.input)
            held += Double(scenario.mix.maxOutput - row.output) * min(60, row.latency) / 60
            count += 1
            latency += row.latency
        }
        let truth = scenario.keys[0].truth
        feasible = truth.window == .sliding && truth.charge == .reserved ? used / (used + held) : 1
        prompts = FluidBound(scenario) { ($0.inputTokensPerMinute ?? .infinity) / 60 }
        answers = FluidBound(scenario) { ($0.outputTokensPerMinute ?? .infinity) / 60 }
        let atOnce = FluidBound(scenario) { Double($0.concurrency ?? scenario.slots) }
        bound = [
            requests.time(of: count), tokens.time(of: used / feasible), prompts.time(of: input),
            answers.time(of: used - input), atOnce.time(of: latency), latency / Double(scenario.slots),
        ].reduce(0, max)
        requestRate = requests.supply(0, 1)
    }

    /// Whether requests or tokens are limited per minute.
    var isRated: Bool { [requests, tokens, prompts, answers].contains { $0.supply(0, 1) < .infinity } }

    /// The use of the scarce limit between two seconds, of what can be used.
    func use(_ log: AnswerLog, _ from: Int, _ to: Int) -> Double {
        let all = log.answered(from, to)
        let (from, to) = (Double(from), Double(to))
        let prompts = max(all.input / prompts.supply(from, to), all.output / answers.supply(from, to))
        let tokens = (all.input + all.output) / tokens.supply(from, to) / feasible
        return max(all.requests / requests.supply(from, to), tokens, prompts)
    }

    /// The same of the key that was used least, of one that dies until then; nil where keys share a counter.
    func leastKeyUse(_ log: AnswerLog, _ from: Int, _ to: Int) -> Double? {
        guard scenario.keys.allSatisfy({ $0.counter == nil }) else { return nil }
        return scenario.keys.indices.map { index in
            let key = scenario.keys[index]
            let (from, to) = key.dies.map { (min(from, Int($0 / 4)), min(to, Int($0))) } ?? (from, to)
            let own = log.answered(key: index, from, to)
            let minutes = Double(to - from) / 60
            return max(
                own.requests / (key.truth.requestsPerMinute ?? .infinity) / minutes,
                (own.input + own.output) / (key.truth.tokensPerMinute ?? .infinity) / minutes)
        }.min()
    }

    /// What is answered less per second after a key died, as a share, beyond what the key allowed.
    func loss(_ log: AnswerLog, until end: Int) -> Double? {
        guard let moment = scenario.keys.compactMap(\.dies).min() else { return nil }
        let dies = Int(moment)
        let before = use(log, dies / 4, dies)
        // Each use is of what the keys that live then allow.
        let after = use(log, dies, max(end, dies + 60))
        let share = 1 - requests.supply(moment, moment + 1) / requests.supply(0, 1)
        return (1 - share) * (1 - after / before)
    }

    /// After how many seconds a minute follows that uses 95 % and has at most 20 refusals in a thousand sends.
    func recovery(_ log: AnswerLog, after moment: Int, until end: Int) -> Double {
        for second in moment..<max(moment, end - 60)
        where use(log, second, second + 60) >= 0.95 && log.refused(second, second + 60) <= 20 {
            return Double(second - moment)
        }
        return .infinity
    }
}
