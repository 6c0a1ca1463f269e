/// All that is to be said of a run of the table, and whether it passes.
struct Report {
    /// The least number of requests in all, and of some kinds.
    private static let leasts: [(name: String, least: Int, has: @Sendable (Scenario) -> Bool)] = [
        ("requests", 30_000_000, { _ in true }),
        ("requests with 64 keys", 5_000_000, { $0.keys.count == 64 }),
        ("requests with faults", 5_000_000, { $0.hasFaults }),
        ("requests with unknown limits", 5_000_000, { !$0.keys.allSatisfy(\.isTruthful) }),
    ]

    let isGood: Bool
    let text: String
    let markdown: String

    init(
        _ scenarios: [Scenario], _ outcomes: [[Outcome]], _ sharing: [SharingSummary], _ options: Options,
        seconds: Double
    ) {
        let summaries = zip(scenarios, outcomes).map { Summary($0, $1) }
        var isGood = summaries.allSatisfy(\.isGood) && sharing.allSatisfy(\.isGood)
        var lines = summaries.flatMap { [$0.line] + $0.problems.map { "       " + $0 } }
        lines += sharing.flatMap { [$0.line] + $0.problems.map { "       " + $0 } }
        var ends: [String] = []
        if !scenarios.isEmpty {
            let again = Repetition.check(outcomes, scenarios)
            isGood = isGood && again.isGood
            ends.append(again.line)
        }
        if options.isWhole {
            let cost = DecisionCost.check(judges: options.judgesTimes)
            isGood = isGood && cost.isGood
            ends.append(cost.line)
            for kind in Self.leasts {
                let count = zip(scenarios, outcomes).filter { kind.has($0.0) }
                    .reduce(0) { $0 + $1.1.reduce(0) { $0 + $1.sends } }
                if count < kind.least {
                    isGood = false
                    ends.append("FAIL \(count) \(kind.name), at least \(kind.least) are asked for")
                } else {
                    ends.append("ok   \(count) \(kind.name)")
                }
            }
        }
        let sends = summaries.reduce(0) { $0 + $1.sends }
        let cpu = outcomes.joined().reduce(0) { $0 + $1.cpu }
        ends.append(
            "\(sends) requests in \(Figure.text(seconds, 1)) s on \(options.threads) threads, "
                + "\(Figure.text(cpu / Double(max(1, sends)) * 1e6, 2)) µs of CPU each with the simulated provider")
        let missed = summaries.count(where: \.isMissed) + sharing.count(where: \.isMissed)
        ends.append("\(isGood ? "passes" : "FAILS"), \(missed) lines with known misses")
        self.isGood = isGood
        text = (lines + ends).joined(separator: "\n")
        markdown = MarkdownTable.text(summaries, sharing) + "\n\n" + ends.joined(separator: "  \n")
    }
}
