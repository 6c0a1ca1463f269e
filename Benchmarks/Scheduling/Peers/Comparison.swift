/// The table of other clients' algorithms beside ours: time over the bound, refusals per thousand rows, rows lost.
enum Comparison {
    /// The whole table, as text or as Markdown.
    static func text(isMarkdown: Bool) -> String {
        let head = ["provider", "sluice"] + Peer.allCases.map(\.rawValue)
        var rows: [[String]] = []
        for scenario in Scenarios.compared {
            var cells = [cell(Runs.outcome(scenario, seed: 1), rows: scenario.rows)]
            for peer in Peer.allCases {
                var run = PeerRun(scenario, by: peer, seed: 1)
                run.run()
                cells.append(cell(run.result, rows: scenario.rows))
            }
            rows.append([scenario.name] + cells)
        }
        if isMarkdown { return MarkdownTable.table(head, rows) }
        return ([head] + rows).map { row in row.map { Figure.padded($0, 26) }.joined() }.joined(separator: "\n")
    }

    private static func cell(_ outcome: Outcome, rows: Int) -> String {
        let refused = Double(outcome.refusals) / Double(rows) * 1000
        let text = "\(Figure.text(outcome.seconds / outcome.bound, 2)), \(Figure.text(refused, refused < 1 ? 1 : 0))"
        let lost = Double(outcome.failed) / Double(rows) * 100
        return lost > 0 ? text + ", \(Figure.text(lost, lost < 1 ? 1 : 0)) % lost" : text
    }
}
