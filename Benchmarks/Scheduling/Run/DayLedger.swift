import SluiceCore
import SluiceScheduling

/// Hands out parts of days as the client's own ledger does: what was counted for a day never exceeds its limit.
struct DayLedger {
    private struct Count {
        var period: Int64 = -1
        var amount = 0.0
    }

    /// How long a day is, in seconds; shorter than a real one, so that a run sees several.
    let length: Double
    private var counts: [[Count]]

    init(_ scenario: Scenario, length: Double) {
        self.length = length
        counts = scenario.keys.map { _ in DayKind.allCases.map { _ in Count() } }
    }

    /// The limit of a kind; nil if there is none.
    static func limit(_ kind: DayKind, _ limits: Limits) -> Double? {
        switch kind {
        case .requests: limits.requestsPerDay
        case .tokens: limits.tokensPerDay
        case .money: limits.spendPerDay.map { Double($0.picodollars) }
        }
    }

    /// Answers what was asked for.
    mutating func take(_ demand: DayDemand, _ limits: Limits, at now: Double) -> DayReservation {
        let period = Int64(now / length)
        let end = Instant(nanoseconds: Int64(Double(period + 1) * length * 1e9))
        let limit = Self.limit(demand.kind, limits) ?? 0
        var count = counts[demand.account][demand.kind.rawValue]
        if count.period != period { count = Count(period: period) }
        let left = limit - count.amount
        let amount = left >= demand.need ? min(left, demand.wanted) : 0
        count.amount += amount
        counts[demand.account][demand.kind.rawValue] = count
        return DayReservation(
            account: demand.account, model: demand.model, kind: demand.kind, amount: amount.rounded(.down),
            period: period + 1, expires: end, spentUntil: amount == 0 ? end : nil)
    }
}
