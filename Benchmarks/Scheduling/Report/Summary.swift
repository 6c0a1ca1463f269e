/// The line of a scenario, over some seeds.
struct Summary {
    let name: String
    let sends: Int
    let isGood: Bool
    let isMissed: Bool
    let line: String
    let problems: [String]
    /// The cells of its row in a Markdown table.
    let cells: [String]

    init(_ scenario: Scenario, _ outcomes: [Outcome]) {
        name = scenario.name
        sends = outcomes.reduce(0) { $0 + $1.sends }
        var found: [String] = []
        var count = 0
        for outcome in outcomes {
            count += outcome.violationCount
            for violation in outcome.violations { found.append("\(violation): \(scenario.reproduction(outcome.seed))") }
        }
        if count > 0 { found.insert("\(count) violations, among them:", at: 0) }
        var checks: [Check] = []
        let bars = scenario.allBars
        for measure in Measure.allCases {
            guard let bar = bars[measure] else { continue }
            var worst = outcomes[0]
            for outcome in outcomes where Self.figure(outcome, measure) == Self.worse(measure, worst, outcome) {
                worst = outcome
            }
            checks.append(
                Check(
                    scenario.name, measure, bar: bar, figure: Self.figure(worst, measure),
                    reproduction: scenario.reproduction(worst.seed)))
        }
        problems = found + checks.compactMap(\.remark)
        isGood = count == 0 && !checks.contains { $0.verdict == .failed }
        isMissed = checks.contains { $0.verdict == .missed }
        let trace = outcomes.reduce(UInt64(0)) { $0 &* 31 &+ $1.trace }
        let figures = Measure.allCases.compactMap { measure -> String? in
            guard let range = Self.range(outcomes, measure) else { return nil }
            return "\(measure.rawValue) \(range)"
        }
        let seconds = outcomes.reduce(0) { $0 + $1.seconds } / Double(outcomes.count)
        let bound = outcomes.reduce(0) { $0 + $1.bound } / Double(outcomes.count)
        let state = isGood ? isMissed ? "miss" : "ok  " : "FAIL"
        let times = "\(Figure.text(seconds, 0)) s, bound \(Figure.text(bound, 0)) s"
        line =
            "\(state) \(Figure.padded(name, 22)) \(Figure.padded("\(sends)", 8)) "
            + (figures + [times, "trace \(String(trace, radix: 16))"]).joined(separator: "  ")
        let others: [Measure] = [.leastKeyUse, .recovery, .sends, .peak, .loss, .turn, .pause, .spent, .dayUse]
        cells = [
            name, "\(Figure.text(Double(sends) / 1e6, 2)) M", Self.range(outcomes, .use) ?? "",
            Self.range(outcomes, .refusals) ?? "", Self.range(outcomes, .lateRefusals) ?? "",
            Self.range(outcomes, .makespan) ?? "",
            others.filter { bars[$0] != nil }.map { "\($0.rawValue) \(Self.range(outcomes, $0) ?? "")" }
                .joined(separator: ", "),
            isGood ? isMissed ? "**missed**: " + Self.missed(checks) : "met" : "**FAILS**",
        ]
    }

    private static func missed(_ checks: [Check]) -> String {
        checks.filter { $0.verdict == .missed }.map { "\($0.measure.rawValue), bar \($0.measure.text($0.bar))" }
            .joined(separator: "; ")
    }

    /// A bar for what was not measured is missed.
    private static func figure(_ outcome: Outcome, _ measure: Measure) -> Double { outcome.figure(measure) ?? .nan }

    private static func worse(_ measure: Measure, _ left: Outcome, _ right: Outcome) -> Double {
        measure.worse(figure(left, measure), figure(right, measure))
    }

    /// The best and the worst of all seeds.
    private static func range(_ outcomes: [Outcome], _ measure: Measure) -> String? {
        let figures = outcomes.compactMap { $0.figure(measure) }
        guard let least = figures.min(), let most = figures.max() else { return nil }
        let (from, to) = (measure.text(least), measure.text(most))
        return from == to ? from : "\(from) to \(to)"
    }
}
