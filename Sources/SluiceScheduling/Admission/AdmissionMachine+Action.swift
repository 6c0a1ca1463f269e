package import SluiceCore

extension AdmissionMachine {
    /// What the caller is to do, in order.
    package enum Action: Sendable, Equatable {
        /// Send this request now.
        case grant(Ticket, Grant)
        /// This request will not be sent.
        case refuse(Ticket, Refusal)
        /// Deliver ``AdmissionMachine/Event/timer`` at this moment; it replaces the moment asked for before.
        case wake(at: Instant)
        /// Count a part of a day's limit for this run, durably, and answer with ``AdmissionMachine/Event/reserved(_:)``.
        case reserve(DayDemand)
        /// Something people should know.
        case notice(Notice)
    }
}
