internal import Sluice
internal import SluiceCore
internal import SluiceTokens

/// Counted tokens for people.
enum CountText {
    /// A row: file, line, id, tokens, separated by tabs.
    static func row(_ row: CountedRow) -> String {
        "\(row.file)\t\(row.line)\t\(row.id ?? "")\t\(row.estimate.tokens)"
    }

    /// The sums, the distribution, the groups and the rows that are too long.
    static func total(_ count: TokenCount) -> [String] {
        var lines = [
            "\(NumberText.grouped(count.tokens)) tokens in \(NumberText.grouped(count.rows)) rows (\(way(count)))"
        ]
        if count.cut > 0 { lines[0] += ", \(NumberText.grouped(count.cut)) of them cut" }
        if let median = count.quantile(0.5), let most = count.quantile(0.9), let nearlyAll = count.quantile(0.99),
            let largest = count.largest
        {
            lines.append(
                "per row: median \(NumberText.grouped(median)), 90 % up to \(NumberText.grouped(most)), "
                    + "99 % up to \(NumberText.grouped(nearlyAll)), largest \(NumberText.grouped(largest.estimate.tokens)) "
                    + "(\(place(largest)))")
        }
        lines += histogram(count)
        if !count.contexts.isEmpty {
            let bound = count.contexts.count == 1 ? count.contexts.first : nil
            let room = bound.map { "than \(NumberText.grouped($0)) tokens" } ?? "tokens than their model reads"
            lines.append("\(NumberText.grouped(count.over)) rows have more \(room)")
            lines += count.overRows.prefix(10).map { "  \(place($0)): \(NumberText.grouped($0.estimate.tokens))" }
            if count.over > 10 { lines.append("  and \(NumberText.grouped(count.over - 10)) more") }
        }
        lines += groups(count)
        return lines
    }

    private static func place(_ row: CountedRow) -> String {
        "\(row.file):\(row.line)" + (row.id.map { ", id \($0)" } ?? "")
    }

    /// What the rows were counted with, and how sure that is.
    private static func way(_ count: TokenCount) -> String {
        let names = count.countedWith.prefix(3).joined(separator: ", ") + (count.countedWith.count > 3 ? ", …" : "")
        let methods = TokenEstimate.Method.allCases.filter { count.methods[$0] != nil }
        let words = methods.map { method in
            switch method {
            case .exact: "exact"
            case .documented: "text exact, chat overhead as documented"
            case .calibrated: "estimated, corrected by answers"
            case .rule: "estimated by the characters"
            }
        }
        return names + ": " + words.joined(separator: "; ")
    }

    private static func histogram(_ count: TokenCount) -> [String] {
        let bars = count.histogram
        guard bars.count > 1, let most = bars.map(\.rows).max() else { return [] }
        let width = bars.map { label($0.from, $0.upTo).count }.max() ?? 0
        return bars.map { bar in
            let text = label(bar.from, bar.upTo)
            let length = bar.rows == 0 ? 0 : max(1, bar.rows * 40 / most)
            let pad = String(repeating: " ", count: width - text.count)
            let blocks = String(repeating: "#", count: length)
            return "  \(pad)\(text)  \(blocks) \(NumberText.grouped(bar.rows))"
        }
    }

    private static func label(_ from: Int, _ upTo: Int) -> String {
        from == upTo ? NumberText.grouped(from) : "\(NumberText.grouped(from))–\(NumberText.grouped(upTo))"
    }

    /// The twenty groups with the most tokens.
    private static func groups(_ count: TokenCount) -> [String] {
        let sorted = count.groups.sorted { ($0.tokens, $1.value) > ($1.tokens, $0.value) }
        var lines = sorted.prefix(20).map { group in
            let name = group.value.isEmpty ? "(none)" : String(group.value.prefix(60))
            return "\(name): \(NumberText.grouped(group.tokens)) tokens in \(NumberText.grouped(group.rows)) rows"
        }
        if sorted.count > 20 { lines.append("and \(NumberText.grouped(sorted.count - 20)) more groups") }
        return lines
    }
}
