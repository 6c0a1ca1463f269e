internal import Sluice
internal import SluiceCore

/// The progress of a run as one line.
enum ProgressText {
    /// - Parameters:
    ///   - banner: What stands before everything else.
    ///   - width: The columns there are; nil for no bound.
    static func line(_ progress: Progress, banner: String?, width: Int?) -> String {
        let counts = progress.counts
        let done = counts.answered + counts.cached + counts.deduplicated + counts.doneBefore
        var parts: [String] = []
        if let banner { parts.append(banner) }
        if let title = progress.title { parts.append(title) }
        if let total = progress.total {
            let percent = total == 0 ? 100 : Int(Double(done + counts.failed) * 100 / Double(total))
            parts.append("\(percent)%  \(NumberText.grouped(done + counts.failed))/\(NumberText.grouped(total))")
        } else {
            parts.append("\(NumberText.grouped(done + counts.failed)) rows")
        }
        if counts.doneBefore > 0 { parts.append("\(NumberText.grouped(counts.doneBefore)) before") }
        let there = counts.cached + counts.deduplicated
        if there > 0 { parts.append("\(NumberText.grouped(there)) not asked") }
        if counts.failed > 0 { parts.append("\(NumberText.grouped(counts.failed)) failed") }
        parts.append("\(NumberText.rate(progress.rate))/s")
        if let remaining = progress.remaining { parts.append("\(remaining.text) left") }
        let found = progress.foundConcurrency.map { " of \(NumberText.grouped($0)) (auto)" } ?? ""
        parts.append("\(NumberText.grouped(progress.inFlight))\(found) in flight")
        if counts.usage.total > 0 {
            parts.append("\(NumberText.short(counts.usage.input))+\(NumberText.short(counts.usage.output)) tokens")
        }
        if let cost = CostText.short(counts, progress.spent) { parts.append(cost) }
        if let waiting = progress.waiting { parts.append("waiting: \(waiting)") }
        let line = parts.joined(separator: "  ")
        guard let width, line.count > width else { return line }
        return String(line.prefix(max(1, width - 1))) + "…"
    }
}
