internal import SluiceCore
internal import SluiceStorage

/// What earlier runs into the same output have spent.
struct SpentBefore: Sendable {
    /// The costs in the rows, those that were taken out of the output included; nil if nobody asked for the sum.
    var answers: Money?
    /// At most so much for attempts whose answer was lost, as the state folder has it.
    var uncertain = Money.zero

    /// All together.
    var total: Money { (answers ?? .zero) + uncertain }

    /// Reads what the state folder knows, and the rows if they are to be summed up; blocks.
    static func read(_ paths: OutputPaths?, sumsRows: Bool) throws(SluiceError) -> SpentBefore {
        var spent = SpentBefore()
        guard let paths else { return spent }
        var leased = Money.zero
        if let manifest = try StateFile.read(paths.manifest).flatMap({ try? JSON.parse($0) }),
            let cost = manifest["cost"]
        {
            spent.uncertain = money(cost["uncertain_before"]) + money(cost["uncertain"])
            if manifest["ended"]?.bool != true {
                // The process died: what was in flight then may have been charged.
                spent.uncertain += money(cost["in_flight"])
                leased = money(cost["leased"])
            }
        }
        guard sumsRows || leased > .zero else { return spent }
        var sum = Money.zero
        for path in [paths.answers, paths.stale] where StateFile.exists(path) {
            try FirstRecords.read(.file(path), count: .max) { record in
                sum += money((try? JSON.parse(record.bytes))?["sluice"]?["cost"])
            }
        }
        if sumsRows { spent.answers = sum }
        // All that it might have spent by then, but for what the rows account for.
        spent.uncertain = max(spent.uncertain, leased - sum)
        return spent
    }

    private static func money(_ json: JSON?) -> Money {
        json?.double.flatMap { Money(dollars: $0) } ?? .zero
    }
}
