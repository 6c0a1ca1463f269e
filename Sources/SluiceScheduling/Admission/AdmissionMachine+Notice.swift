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
        /// Nothing gets through to the endpoint; it is tried again by single requests.
        case endpointLost(endpoint: String = "", Circuit.Trouble)
        /// The endpoint answers again after so long.
        case endpointBack(endpoint: String = "", after: TimeSpan)
        /// The endpoint has failed all tries for so long, and only rows are left that it has failed: they are asked once
        /// more, and what fails then is the rows' failure.
        case lastCall(endpoint: String = "", after: TimeSpan)
        /// Nothing gets through with the credential, but with others; it is tried again by single requests.
        case credentialLost(account: String, credential: String, Circuit.Trouble)
        /// The credential gets answers again after so long.
        case credentialBack(account: String, credential: String, after: TimeSpan)
    }
}
