internal import Sluice
internal import SluiceCore

/// What a run has cost, for people.
enum CostText {
    /// For the summary; nil if no price is known.
    static func line(_ counts: RunCounts, _ spent: SpentMoney) -> String? {
        guard counts.cost > .zero || counts.uncertainCost > .zero || spent.limit != nil else { return nil }
        var text = "cost: \(counts.cost.text)"
        if counts.uncertainCost > .zero { text += ", and at most \(counts.uncertainCost.text) for lost answers" }
        if counts.unpriced > 0 { text += ", \(NumberText.grouped(counts.unpriced)) answers without a known price" }
        if let limit = spent.limit, let total = spent.total(with: counts) {
            text += "; \(total.text) of \(limit.text) spent in all runs"
        }
        return text
    }

    /// For the line of progress; nil if there is nothing to show.
    static func short(_ counts: RunCounts, _ spent: SpentMoney) -> String? {
        if let limit = spent.limit, let total = spent.total(with: counts) { return "\(total.text) of \(limit.text)" }
        return counts.cost > .zero ? counts.cost.text : nil
    }
}
