/// The line of a scenario, over all its seeds.
struct Summary {
    let sends: Int
    let isGood: Bool
    let line: String
    let problems: [String]

    init(_ scenario: Scenario, seeds: [UInt64]) {
        var outcomes: [Outcome] = []
        for seed in seeds {
            var experiment = Experiment(scenario, seed: seed)
            experiment.run()
            outcomes.append(experiment.result)
        }
        let count = Double(outcomes.count)
        sends = outcomes.reduce(0) { $0 + $1.sends }
        let refusals = outcomes.reduce(0) { $0 + $1.refusals }
        let perThousand = Double(refusals) / Double(max(1, sends)) * 1000
        let late =
            Double(outcomes.reduce(0) { $0 + $1.lateRefusals })
            / Double(max(1, outcomes.reduce(0) { $0 + $1.lateSends })) * 1000
        let use = outcomes.reduce(0) { $0 + $1.use } / count
        let ratio = outcomes.reduce(0) { $0 + $1.seconds / $1.bound } / count
        let seconds = outcomes.reduce(0) { $0 + $1.seconds } / count
        let bound = outcomes.reduce(0) { $0 + $1.bound } / count
        var found: [String] = []
        for outcome in outcomes {
            for violation in outcome.violations.prefix(2) {
                found.append("\(violation): \(Self.reproduction(scenario, outcome.seed))")
            }
        }
        let bars = scenario.bars
        if let bar = bars.use, use < bar { found.append("use below \(bar): \(Self.reproduction(scenario, seeds[0]))") }
        if let bar = bars.makespan, ratio > bar {
            found.append("makespan above \(bar): \(Self.reproduction(scenario, seeds[0]))")
        }
        if let bar = bars.refusalsPerThousand, perThousand > bar {
            found.append("more than \(bar) refusals/1,000: \(Self.reproduction(scenario, seeds[0]))")
        }
        if let bar = bars.lateRefusals, late > bar {
            found.append("more than \(bar) late refusals/1,000: \(Self.reproduction(scenario, seeds[0]))")
        }
        let peak = outcomes.map(\.peak).max() ?? 0
        if let bar = bars.peak, peak > bar {
            found.append("\(peak) of the limit after the outage: \(Self.reproduction(scenario, seeds[0]))")
        }
        problems = found
        isGood = found.isEmpty
        var trace: UInt64 = 0
        for outcome in outcomes { trace = trace &* 31 &+ outcome.trace }
        let giant = outcomes.map(\.longestGiantWait).max() ?? 0
        let key = outcomes.map(\.leastKeyUse).min() ?? 0
        var text = "\(isGood ? "ok  " : "FAIL") \(Self.padded(scenario.name, 22)) \(Self.padded("\(sends)", 9))"
        text += " use \(Self.fixed(use * 100, 1)) %  "
        if scenario.keys.count > 1, key.isFinite { text += "least key \(Self.fixed(key * 100, 1)) %  " }
        text += "refused/1,000 \(Self.fixed(perThousand, 2)) (late \(Self.fixed(late, 2)))  "
        text += "\(Self.fixed(seconds, 0)) s, bound \(Self.fixed(bound, 0)) s, ratio \(Self.fixed(ratio, 3))"
        if bars.peak != nil { text += "  peak \(Self.fixed(peak, 2))" }
        if giant > 0 { text += "  longest giant \(Self.fixed(giant, 1)) s" }
        line = text + "  trace \(String(trace, radix: 16))"
    }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        let scale = [1.0, 10, 100, 1000][digits]
        let whole = Int((value * scale).rounded())
        guard digits > 0 else { return "\(whole)" }
        let fraction = String(abs(whole) % Int(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(whole / Int(scale)).\(zeros)\(fraction)"
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func reproduction(_ scenario: Scenario, _ seed: UInt64) -> String {
        "scripts/bench scheduling --scenario '\(scenario.name)' --seed \(seed)"
    }
}
