import SluiceCore
import SluiceScheduling

/// How long a request may wait if nobody starves.
struct Patience {
    /// How many seconds a key needs for a request and for each token; keys of one kind count once.
    private struct Pace: Equatable {
        let request: Double
        let total: Double
        let input: Double
        let output: Double

        init(_ truth: Truth) {
            request = 60 / (truth.requestsPerMinute ?? .infinity)
            total = 60 / (truth.tokensPerMinute ?? .infinity)
            input = 60 / (truth.inputTokensPerMinute ?? .infinity)
            output = 60 / (truth.outputTokensPerMinute ?? .infinity)
        }
    }

    /// What wake-ups and travel times may cost.
    private static let slack = 0.1
    /// Where actual use counts, answers that are longer than expected leave a debt of up to so many seconds.
    private static let debt = 0.5
    private var requestsPerSecond = Double.infinity
    private var tokensPerSecond = Double.infinity
    /// What it may wait beyond what is ahead of it, in seconds.
    private var allowance = 5.0
    /// What it may have its turn for beyond its refill, in seconds.
    private var window = 0.0
    private var paces: [Pace] = []

    init(_ scenario: Scenario) {
        let counted = scenario.keys.indices.filter {
            (scenario.keys[$0].counter ?? $0) == $0 && scenario.keys[$0].dies == nil
        }
        let keys = counted.map { scenario.keys[$0].truth }
        for truth in keys where !paces.contains(Pace(truth)) { paces.append(Pace(truth)) }
        var factor = min(1, scenario.faults.change?.factor ?? 1)
        // What breaks stays charged as if it were all used.
        factor *= 1 - 3 * scenario.faults.serverErrors
        requestsPerSecond = keys.reduce(0) { $0 + ($1.requestsPerMinute ?? .infinity) / 60 } * factor
        tokensPerSecond = keys.reduce(0) { $0 + ($1.tokensPerMinute ?? .infinity) / 60 } * factor
        let mean = scenario.mix.firstToken + scenario.mix.output / scenario.mix.tokensPerSecond
        let atOnce = keys.reduce(0) { $0 + Double($1.concurrency ?? scenario.slots) }
        requestsPerSecond = min(requestsPerSecond, atOnce / mean)
        if keys.contains(where: { $0.window != .bucket }) { window = 60.5 }
        if let quantum = keys.compactMap(\.quantum).max() { window = max(window, quantum * 1.02) }
        if keys.contains(where: { $0.charge == .actual }) { window += Self.debt }
        allowance += window
        // A free place comes with an answer, however long it takes.
        let longest = scenario.mix.firstToken + Double(scenario.mix.maxOutput) / scenario.mix.tokensPerSecond
        if atOnce < Double(scenario.slots) { window += 1.2 * longest }
        if let outage = scenario.faults.outage { allowance += outage.upperBound - outage.lowerBound + 60 }
        allowance += (scenario.day ?? 0) + 4 * scenario.faults.burst
        // A limit has to be learned first.
        if !scenario.isTruthful { allowance += 60 }
    }

    /// The longest wait of a request with so much before it, itself included, in seconds: twice the time that it takes.
    func most(tokens: Double, requests: Double) -> Double {
        2 * max(tokens / tokensPerSecond, requests / requestsPerSecond) + allowance
    }

    /// In what time so many tokens flow in where that is quickest, in seconds.
    func refill(_ tokens: TokenUse) -> Double {
        var least = Double.infinity
        for pace in paces {
            let prompts = max(pace.input * Double(tokens.input), pace.output * Double(tokens.output))
            least = min(least, max(pace.request, pace.total * Double(tokens.total), prompts))
        }
        return least
    }

    /// How long a request may have its turn before it goes, in seconds: twice its refill, a tenth of a second for
    /// wake-ups, and what is left of a window.
    func turn(_ tokens: TokenUse) -> Double { 2 * refill(tokens) + window + Self.slack }
}
