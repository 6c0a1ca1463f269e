package import SluiceCore

/// A part of a day's limit that was counted for this run, in answer to a ``DayDemand``.
package struct DayReservation: Sendable, Equatable {
    /// The account's place in the policy.
    package let account: Int
    /// The model.
    package let model: ModelIndex
    /// What of.
    package let kind: DayKind
    /// The part, in the unit of the kind; perhaps nothing.
    package let amount: Double
    /// Where it is counted, as whoever counts names it.
    package let period: Int64
    /// When what is left of it is worth nothing any more.
    package let expires: Instant
    /// When there is more, if there was not enough; nil otherwise.
    package let spentUntil: Instant?

    /// A part, perhaps of nothing.
    package init(
        account: Int, model: ModelIndex, kind: DayKind, amount: Double, period: Int64, expires: Instant,
        spentUntil: Instant? = nil
    ) {
        self.account = account
        self.model = model
        self.kind = kind
        self.amount = amount
        self.period = period
        self.expires = expires
        self.spentUntil = spentUntil
    }
}
