/// The table of other clients' algorithms beside ours.
enum Comparison {
    /// Prints a line for each scenario and client: time over the bound, refusals per thousand rows, rows lost.
    static func print() {
        for scenario in Scenarios.compared {
            var ours = Experiment(scenario, seed: 1)
            ours.run()
            Swift.print("\(scenario.name), \(scenario.rows) rows")
            Swift.print(line("sluice", ours.result, rows: scenario.rows))
            for peer in Peer.allCases {
                var run = PeerRun(scenario, by: peer, seed: 1)
                run.run()
                Swift.print(line(peer.rawValue, run.result, rows: scenario.rows))
            }
        }
    }

    private static func line(_ name: String, _ outcome: Outcome, rows: Int) -> String {
        let refused = Double(outcome.refusals) / Double(rows) * 1000
        return "  \(Figure.padded(name, 10)) \(Figure.text(outcome.seconds / outcome.bound, 2)) x bound"
            + "  refused/1,000 \(Figure.text(refused, 1))  lost \(outcome.failed)"
    }
}
