import SluiceTestSupport

/// The line of a server that generates its answers together, over some seeds.
struct SharingSummary: Sendable {
    let isGood: Bool
    let isMissed: Bool
    let line: String
    let problems: [String]
    /// The cells of its row in a Markdown table.
    let cells: [String]

    /// - Parameter seed: The one seed; nil for four of them.
    init(_ scenario: SharingScenario, seed: UInt64?) {
        let best = SharedRun.best(scenario.setting, of: scenario.grid)
        let seeds: [UInt64] = seed.map { [$0] } ?? [1, 2, 3, 4]
        let runs = seeds.map { SharedRun(scenario.setting, concurrency: nil, seed: $0) }
        let ends = runs.map { $0.concurrency.suffix(Int(scenario.setting.seconds / 3)) }
        let steady = ends.flatMap(\.self)
        let uses = runs.map { $0.rate(scenario.from, scenario.to) / best.rate }
        let swings = ends.map { 1 - Double($0.min() ?? 0) / Double(max(1, $0.max() ?? 0)) }
        let figures: [(Measure, Double, [Double])] = [(.use, scenario.bar, uses), (.swing, 0.2, swings)]
        let checks = figures.map { (measure: Measure, bar: Double, values: [Double]) -> Check in
            let worst = values.reduce(values[0]) { measure.worse($0, $1) }
            let place = values.firstIndex(of: worst) ?? 0
            return Check(
                scenario.name, measure, bar: bar, figure: worst,
                reproduction: "scripts/bench scheduling --scenario '\(scenario.name)' --seed \(seeds[place])")
        }
        problems = checks.compactMap(\.remark)
        isGood = !checks.contains { $0.verdict == .failed }
        isMissed = checks.contains { $0.verdict == .missed }
        let (use, swing) = (Measure.use.text(checks[0].figure), Measure.swing.text(checks[1].figure))
        let range = "\(steady.min() ?? 0) to \(steady.max() ?? 0)"
        line =
            "\(isGood ? isMissed ? "miss" : "ok  " : "FAIL") \(Figure.padded(scenario.name, 22)) \(use) of the best or more,"
            + " \(Figure.text(best.rate, 0)) tokens/s with \(best.concurrency) at once, from"
            + " \(Figure.text(scenario.from, 0)) s on; in the last third \(range) at once, a run within \(swing)"
        cells = [
            "\(scenario.name), from \(Figure.text(scenario.from, 0)) s on", use, "\(best.concurrency)", range, swing,
            isGood ? isMissed ? "**missed**" : "met" : "**FAILS**",
        ]
    }
}
