/// A part of a day's limit that admission asks for, of one account and model in one dimension.
package struct DayDemand: Sendable, Equatable {
    /// The account's place in the policy.
    package let account: Int
    /// The model.
    package let model: ModelIndex
    /// What of.
    package let kind: DayKind
    /// The least that is of use, in the unit of the kind.
    package let need: Double
    /// What it would take if there is much.
    package let wanted: Double
}
