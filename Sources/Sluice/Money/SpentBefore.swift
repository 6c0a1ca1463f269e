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
        if let bytes = try StateFile.read(paths.manifest), let cost = (try? JSON.parse(bytes))?["cost"] {
            spent.uncertain = money(cost["uncertain_before"]) + money(cost["uncertain"])
            let manifest = try? JSON.parse(bytes)
            // The process died: what was in flight then may have been charged.
            if manifest?["ended"]?.bool != true { spent.uncertain += money(cost["in_flight"]) }
        }
        guard sumsRows else { return spent }
        var sum = Money.zero
        for path in [paths.answers, paths.stale] where StateFile.exists(path) {
            try FirstRecords.read(.file(path), count: .max) { record in
                sum += money((try? JSON.parse(record.bytes))?["sluice"]?["cost"])
            }
        }
        spent.answers = sum
        return spent
    }

    private static func money(_ json: JSON?) -> Money {
        json?.double.flatMap { Money(dollars: $0) } ?? .zero
    }
}
