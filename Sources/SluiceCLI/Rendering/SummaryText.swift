internal import Sluice
internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The end of a run in at most eight lines: where every row went, what it took, what to do next.
enum SummaryText {
    /// - Parameter isKept: Whether the answers are kept where a later run finds them.
    static func lines(_ summary: RunSummary, _ options: RunOptions, isKept: Bool = true) -> [String] {
        let counts = summary.counts
        let n = NumberText.grouped
        var lines: [String] = []
        let there = counts.cached + counts.deduplicated
        lines.append(
            "\(n(counts.answered)) answered, \(there > 0 ? "\(n(there)) without asking, " : "")"
                + "\(n(counts.failed)) failed, \(n(counts.left)) left"
                + " in \(summary.elapsed.text) (\(NumberText.rate(summary.meanRate))/s)")
        lines.append(
            "rows: \(n(counts.read)) read = \(n(counts.answered)) answered + \(n(counts.cached)) cached"
                + " + \(n(counts.deduplicated)) deduplicated + \(n(counts.doneBefore)) done before"
                + " + \(n(counts.failed)) failed + \(n(counts.left)) left")
        var sent = "requests: \(n(counts.attempts)) sent"
        if counts.refused > 0 { sent += ", \(n(counts.refused)) refused for a limit" }
        if counts.possiblyPaidTwice > 0 { sent += ", \(n(counts.possiblyPaidTwice)) possibly paid twice" }
        if counts.hedged > 0 { sent += ", \(n(counts.hedged)) hedged (\(n(counts.hedgesWon)) came first)" }
        if counts.usage.total > 0 {
            sent += "; tokens: \(n(counts.usage.input)) in, \(n(counts.usage.output)) out"
        }
        if counts.fallback > 0 { sent += "; \(n(counts.fallback)) answered by another model" }
        if let found = summary.foundConcurrency { sent += "; concurrency \(n(found)) (auto)" }
        lines.append(sent)
        if !summary.models.isEmpty { lines.append("models: " + summary.models.map(model).joined(separator: "; ")) }
        if let cost = CostText.line(counts, summary.spent) { lines.append(cost) }
        var cuts: [String] = []
        if counts.truncated > 0 { cuts.append("\(n(counts.truncated)) prompts cut to fit the context") }
        if counts.cut > 0 { cuts.append("\(n(counts.cut)) answers cut at the token cap") }
        if counts.filtered > 0 { cuts.append("\(n(counts.filtered)) stopped by a filter") }
        if !cuts.isEmpty { lines.append("shortened: " + cuts.joined(separator: ", ")) }
        lines += summary.failures.prefix(2).map(text)
        if let output = options.output, access(output, F_OK) == 0 {
            lines.append("answers are in \(output)\(errors(summary))")
        }
        if let next = next(summary, options, isKept: isKept) { lines.append("hint: \(next)") }
        return lines
    }

    private static func model(_ counts: ModelCounts) -> String {
        let n = NumberText.grouped
        var text = "\(counts.model) \(n(counts.answered)) answered"
        let there = counts.cached + counts.deduplicated
        if there > 0 { text += ", \(n(there)) without asking" }
        if counts.failed > 0 { text += ", \(n(counts.failed)) failed" }
        if counts.cost > .zero { text += ", \(counts.cost.text)" }
        return text
    }

    /// Why a run has not done what was asked, and what to do next, for those who want errors only; nothing where it has, or
    /// where its cause is an error with words of its own.
    static func errorLines(_ summary: RunSummary, _ options: RunOptions, isKept: Bool = true) -> [String] {
        let what: String
        switch summary.cause {
        case .error: return []
        case .interrupted: what = "interrupted"
        case .terminated: what = "terminated"
        case .exhausted: what = "no key is left"
        case .dayUsedUp: what = "the limits of the day are used up"
        case .budget: what = "the budget is reached"
        case .firstFailure: what = "a row failed"
        case nil:
            guard summary.exitCode != 0 else { return [] }
            what = summary.counts.isConserved ? "rows failed" : "rows are unaccounted for"
        }
        let counts = summary.counts
        let n = NumberText.grouped
        var line = "error: \(what): \(n(counts.answered)) answered, \(n(counts.failed)) failed, \(n(counts.left)) left"
        if let group = summary.failures.first { line += "; \(text(group))" }
        return [line] + (next(summary, options, isKept: isKept).map { ["hint: \($0)"] } ?? [])
    }

    private static func text(_ group: FailureGroup) -> String {
        "\(NumberText.grouped(group.count)) × \(group.cause): \(short(group.example))"
    }

    private static func errors(_ summary: RunSummary) -> String {
        guard summary.counts.failed > 0, let path = summary.errorsPath else { return "" }
        return ", failures in \(path)"
    }

    private static func next(_ summary: RunSummary, _ options: RunOptions, isKept: Bool) -> String? {
        switch summary.cause {
        case .interrupted, .terminated:
            return isKept
                ? "run the same command again to go on with what is left"
                : "these answers are kept nowhere else, and the same command begins anew; "
                    + "with --journal FOLDER or -o FILE it goes on instead"
        case .exhausted(let reasons):
            return "no key is left (\(short(reasons.joined(separator: "; ")))); run again with another"
        case .dayUsedUp(let until, let wait, let reasons):
            return
                "used up: \(short(reasons.joined(separator: "; "))); run again after \(until.text) (in \(wait.text)), "
                + "or with --wait-daily"
        case .budget(let limit, let spent):
            return "\(spent.text) of \(limit.text) is spent, and the next request could pass it; "
                + "run again with a larger --max-cost to go on"
        case .firstFailure: return "a row failed, and --on-error raise ends the run then; run again to go on"
        case .error: return nil
        case nil:
            if summary.counts.failed > 0 {
                return summary.failures.allSatisfy(\.isFinal)
                    ? "trying again will not help these rows"
                        + (summary.errorsPath == nil ? "" : "; the errors file says what is wrong with each")
                    : options.redoAll && summary.counts.left == 0
                        ? "the same command without --redo-all retries what failed"
                        : "run the same command again to retry what failed"
            }
            if summary.counts.left > 0 {
                return options.files.failedRows == .retry
                    ? "run the same command again for the rows that are left"
                    : "without \(options.files.failedRows == .only ? "--only-failed" : "--no-retry-failed") "
                        + "the same command asks the rows that are left"
            }
            return summary.reservation?.text
        }
    }

    private static func short(_ text: String) -> String {
        text.count > 160 ? text.prefix(160) + "…" : text
    }
}
