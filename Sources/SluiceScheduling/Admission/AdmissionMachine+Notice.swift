package import SluiceCore

extension AdmissionMachine {
    /// What people should know; accounts and credentials by the policy's names and labels.
    package enum Notice: Sendable, Equatable {
        /// The account was refused for its rate and rests; `hinted` if the reply said how long.
        case throttled(account: String, wait: TimeSpan, hinted: Bool)
        /// A day or month quota of the account is gone until then.
        case parked(account: String, until: Instant, reason: String)
        /// The credential is not used again in this run; `left` others are.
        case retired(account: String, credential: String, reason: String, left: Int)
        /// The credential is not used again for one model in this run.
        case barred(account: String, credential: String, model: ModelIndex, reason: String)
        /// The rate that the account bears, in requests per minute, was learned from refusals.
        case learned(account: String, requestsPerMinute: Double)
        /// The endpoint cannot be reached; it is tried again by single requests.
        case endpointLost(reason: String)
        /// The endpoint can be reached again after so long.
        case endpointBack(after: TimeSpan)
    }
}
