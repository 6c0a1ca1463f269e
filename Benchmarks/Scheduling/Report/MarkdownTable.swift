/// The results as tables for `docs/benchmarks.md`.
enum MarkdownTable {
    /// A table of the scenarios, and one of those that look for a concurrency.
    static func text(_ summaries: [Summary], _ sharing: [SharingSummary]) -> String {
        let first = table(
            ["provider", "requests", "use", "refused / 1,000", "after a minute", "time / bound", "", "bars"],
            summaries.map(\.cells))
        let second = table(
            ["server", "use of the best, least", "best at once", "at once in the last third", "swing", "bars"],
            sharing.map(\.cells))
        return [summaries.isEmpty ? "" : first, sharing.isEmpty ? "" : second].filter { !$0.isEmpty }
            .joined(separator: "\n\n")
    }

    /// Rows below a head.
    static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
