package import SluiceCore

extension AdmissionMachine {
    /// The state of everything, for people and for tests.
    package struct Snapshot: Sendable, Equatable {
        /// What may be done with an account or a credential.
        package enum State: Sendable, Equatable {
            /// It is used.
            case active
            /// It rests until then after a refusal for its rate.
            case throttled(until: Instant)
            /// It rests until then for want of quota.
            case parked(until: Instant, reason: String)
            /// It is not used again in this run.
            case retired(reason: String)
        }

        /// One credential.
        package struct Credential: Sendable, Equatable {
            /// The policy's label.
            package let label: String
            /// Active or retired; resting is the account's matter.
            package let state: State
            /// Requests in flight.
            package let inFlight: Int
            /// Grants so far, unused ones left out.
            package let granted: Int
            /// Refusals for the rate so far.
            package let throttled: Int
        }

        /// One account.
        package struct Account: Sendable, Equatable {
            /// The policy's name.
            package let name: String
            /// What may be done with it.
            package let state: State
            /// Requests in flight.
            package let inFlight: Int
            /// Grants so far, unused ones left out.
            package let granted: Int
            /// Refusals for the rate so far.
            package let throttled: Int
            /// The pace kept at present in requests per minute, given or learned; nil while there is none.
            package let requestsPerMinute: Double?
            /// Whether that pace was learned from refusals.
            package let isLearned: Bool
            /// The requests that may be in flight at once while a better number is looked for; nil where none is.
            package let concurrency: Int?
            /// The number that was found to be best so far.
            package let bestConcurrency: Int?
            /// Its credentials, in the policy's order.
            package let credentials: [Credential]
        }

        /// Requests that wait for leave, back-offs included.
        package let waiting: Int
        /// Requests in flight.
        package let inFlight: Int
        /// What is wrong with the endpoints, if nothing gets through to any.
        package let outage: String?
        /// The accounts, in the policy's order.
        package let accounts: [Account]

        /// The requests in flight at once that were found to be best so far, of all accounts together; nil where none are
        /// looked for.
        package var foundConcurrency: Int? {
            let found = accounts.compactMap(\.bestConcurrency)
            return found.isEmpty ? nil : found.reduce(0, +)
        }
    }
}
