public import SluiceCore

/// What an output has cost beside the answers of the present run.
public struct SpentMoney: Sendable, Equatable {
    /// The amount that must not be passed, if there is one.
    public var limit: Money?
    /// What the rows say that earlier runs paid; nil if it was not added up, as without a limit.
    public var answersBefore: Money?
    /// The most that attempts of earlier runs have cost whose answer never arrived.
    public var uncertainBefore = Money.zero
    /// How far the run may go without saying so first: what a process that dies has spent at most; nil without a limit.
    public var leased: Money?
    /// What the requests in flight cost at most; zero without a limit.
    public var inFlight = Money.zero

    /// Nothing.
    public init() {}

    /// All that was spent in all runs, in doubt the most; nil if that was not added up.
    public func total(with counts: RunCounts) -> Money? {
        answersBefore.map { $0 + uncertainBefore + counts.cost + counts.uncertainCost }
    }
}
