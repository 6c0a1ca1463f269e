extension AdmissionMachine {
    /// Why a request will not be sent.
    package enum Refusal: Sendable, Equatable {
        /// Its caller gave it up.
        case cancelled
        /// The run was stopped.
        case stopped
        /// It needs more tokens than any account that is left allows in a minute.
        case tooLarge(needs: Int, limit: Int)
        /// Every credential was retired; a reason for each.
        case exhausted(reasons: [String])
        /// The endpoint never answered.
        case unreachable(reason: String)
    }
}
