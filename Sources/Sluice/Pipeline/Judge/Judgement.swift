internal import SluiceCore
internal import SluiceScheduling

/// What follows from one attempt.
struct Judgement: Sendable {
    /// What becomes of the row.
    enum Next: Sendable {
        /// It is answered.
        case accept(Answer)
        /// Try again; a back-off only where the attempt counts.
        case again(countsAttempt: Bool, backsOff: Bool)
        /// It failed for good.
        case giveUp
        /// The run cannot go on.
        case halt(SluiceError)
    }

    /// What admission is told.
    let settlement: Settlement
    /// What becomes of the row.
    let next: Next
    /// What went wrong; nil for an answer.
    let failure: Failure?
    /// How long the provider asks to wait before the row is sent again; nil if it does not say.
    let wait: TimeSpan?
    /// Whether the provider may have charged for an answer that did not arrive.
    let mayBePaid: Bool

    init(
        _ settlement: Settlement, _ next: Next, failure: Failure? = nil, wait: TimeSpan? = nil, mayBePaid: Bool = false
    ) {
        self.settlement = settlement
        self.next = next
        self.failure = failure
        self.wait = wait
        self.mayBePaid = mayBePaid
    }
}
