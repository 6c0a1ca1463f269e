import SluiceTestSupport

/// The line of a server that generates its answers together, over some seeds.
struct SharingSummary {
    let isGood: Bool
    let line: String

    init(_ scenario: SharingScenario, seeds: [UInt64]) {
        let best = SharedRun.best(scenario.setting, of: scenario.grid)
        let runs = seeds.map { SharedRun(scenario.setting, concurrency: nil, seed: $0) }
        let uses = runs.map { $0.rate(scenario.from, scenario.to) / best.rate }
        let use = uses.reduce(0, +) / Double(uses.count)
        let ends = runs.map { $0.concurrency.suffix(Int(scenario.setting.seconds / 3)) }
        let steady = ends.flatMap(\.self)
        let swing = ends.map { 1 - Double($0.min() ?? 0) / Double(max(1, $0.max() ?? 0)) }.max() ?? 0
        isGood = use >= scenario.bar ?? 0
        line =
            "\(isGood ? "ok  " : "FAIL") \(Summary.padded(scenario.name, 22)) use \(Summary.fixed(use * 100, 1)) %"
            + " (least \(Summary.fixed((uses.min() ?? 0) * 100, 1)) %) of the best, \(Summary.fixed(best.rate, 0))"
            + " tokens/s with \(best.concurrency) at once, from \(Summary.fixed(scenario.from, 0)) s on;"
            + " in the last third \(steady.min() ?? 0) to \(steady.max() ?? 0) at once, one run within"
            + " \(Summary.fixed(swing * 100, 0)) %"
            + (isGood
                ? "" : "\n  use below \(scenario.bar ?? 0): scripts/bench scheduling --scenario '\(scenario.name)'")
    }
}
