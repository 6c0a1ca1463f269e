package import SluiceCore

extension AdmissionMachine {
    /// Why a request will not be sent.
    package enum Refusal: Sendable, Equatable {
        /// Its caller gave it up.
        case cancelled
        /// The run was stopped.
        case stopped
        /// It needs more tokens than any account that is left ever allows.
        case tooLarge(needs: Int, limit: Int)
        /// It could cost more than any account that is left ever allows in a day.
        case tooDear(ceiling: Money, limit: Money)
        /// Every credential was retired; a reason for each.
        case exhausted(reasons: [String])
        /// Every credential that is left may not use the model; a reason for each.
        case barred(reasons: [String])
        /// It could pass the amount that the run may spend; the ``Budget`` in front of the machine says so.
        case overBudget(limit: Money, spent: Money)
        /// Days' limits are used up until then on every account that could carry it; what of each. Smaller requests for its
        /// model may find others, unless it `concernsModel`.
        case dayUsedUp(until: Instant, reasons: [String], concernsModel: Bool)
        /// Nothing gets through to the model, and a model that may be asked instead could answer now.
        case outage(reason: String)
        /// The endpoint never answered.
        case unreachable(reason: String)
        /// No endpoint is what it should be; what people can do about that.
        case misdirected(reason: String, hint: String?)
    }
}
