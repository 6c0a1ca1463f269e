internal import SluiceCore
internal import SluiceScheduling

/// One row on its way, from its plan to its outcome.
///
/// A class: a task keeps the frames of its functions for as long as it waits, and ten thousand that wait with rows,
/// replies and judgements in their frames would fill memory and caches. What a waiting slot holds is one reference.
final class Passage {
    let row: Row
    /// What is sent of it; less than it asks where some of the answers are known.
    var order: Plan.Order
    /// The size of a reply for which there is memory.
    let replyRoom: Int
    /// What the present reply has taken beyond that.
    var replyTaken = 0
    /// Where it is noted as being in flight.
    var cell: Int?
    var history = AttemptHistory()
    /// The end of a back-off.
    var notBefore: Instant?
    /// The credential that failed the row before.
    var avoiding: CredentialIndex?
    /// The samples that the cache had, where it did not have all.
    var stored: [Bytes?] = []
    /// The answer that was accepted, and the account that gave it, where others may share it.
    var accepted: (answer: Answer, account: Int)?
    /// Whether another model has stepped in for the row's own.
    private(set) var isTurnedOver = false
    /// When the first of their days begins for which there is nothing left; never if that is not what is wrong.
    var nextDay = Instant.never
    /// Whether a look ahead has found nothing stored for it.
    var isKnownMissing = false
    /// Whether the answer of the model that has just stepped in may be stored.
    var isToBeLookedUp = false
    /// Nil until there is one.
    var outcome: Outcome?

    init(_ row: Row, _ order: Plan.Order, replyRoom: Int) {
        self.row = row
        self.order = order
        self.replyRoom = replyRoom
    }

    /// Goes on with another model, as if the row had just come, but for its time.
    /// - Parameter concernsRun: Whether no row of the run can ask those before it.
    func turnOver(to order: Plan.Order, concernsRun: Bool) {
        self.order = order.following(self.order, concernsRun: concernsRun)
        isTurnedOver = true
        history.turnOver()
        notBefore = nil
        avoiding = nil
        stored = []
    }
}
