package import SluiceCore

/// What ``AdmissionMachine`` works by: accounts with their limits, and the limits of the run as a whole.
package struct AdmissionPolicy: Sendable {
    /// What shares limits: one key, or several keys of one organisation.
    package struct Account: Sendable {
        /// The name shown to people.
        package var name: String
        /// What the provider allows for each model; nil where unknown, which is then learned.
        package var limits: Limits
        /// What it allows instead for these models.
        package var modelLimits: [ModelIndex: Limits] = [:]
        /// The models that it has; nil for all.
        package var models: Set<ModelIndex>?
        /// The models that it does not have.
        package var lacks: Set<ModelIndex> = []
        /// When the provider's present day ends, for limits per day.
        package var dayEnds = Instant.never
        /// Where it sends to, for people; accounts with the same text share an endpoint.
        package var endpoint = ""
        /// Whether limits per day are counted outside, together with other runs: what is sent is then asked for before by
        /// ``AdmissionMachine/Action/reserve(_:)``.
        ///
        /// If not, ``dayEnds`` counts, and what may be spent is not limited.
        package var sharesDays = false
        /// A label for each credential, shown to people, never a secret; one at least.
        package var credentials: [String]

        /// Whether it has a model, whatever its credentials.
        func has(_ model: ModelIndex) -> Bool { models?.contains(model) ?? !lacks.contains(model) }

        /// An account; without credentials it gets one, for servers that need no key.
        package init(name: String, limits: Limits = Limits(), credentials: [String] = []) {
            self.name = name
            self.limits = limits
            self.credentials = credentials.isEmpty ? ["no key"] : credentials
        }
    }

    /// The accounts to draw on; one at least.
    package var accounts: [Account]
    /// Requests in flight at once over all accounts, at least 1: the slots.
    package var concurrency: Int
    /// Requests per minute of the run as a whole, or nil for no such limit.
    package var requestsPerMinute: Double?
    /// The models whose requests wait for other credentials where none of theirs is left, though others' may be; nil for
    /// no waiting at all.
    ///
    /// Where no credential is left for any model all requests wait. Before the first answer none does: credentials that
    /// never worked are a mistake.
    package var awaitsKeys: Set<ModelIndex>?
    /// How long an endpoint that has not answered once may stay unreachable before everything is refused.
    package var waitReady: TimeSpan
    /// Retries after failures for each answer; see ``RetryBudget``.
    package var retryShare = 0.2
    /// How long requests wait for a day's limit to be renewed; those that would wait for longer are refused.
    ///
    /// Nil for any time.
    package var dayPatience: TimeSpan?
    /// What may step in for the models of requests: lists of models, each in the order in which they are asked.
    ///
    /// A request names its list by its place here, from 1.
    package var fallbacks: [[ModelIndex]] = []
    /// How long requests wait for a day's limit that have another model which could answer them now.
    package var fallbackPatience = TimeSpan.seconds(300)
    /// How long the opening ramp waits at 16 requests for the first sign of the endpoint, so that a far one that
    /// refuses is not stormed; zero unless the caller reports ``AdmissionMachine/Event/connected(after:)``.
    package var openingPatience: TimeSpan
    /// Where the jitter comes from: the same seed gives the same decisions.
    package var seed: UInt64

    /// A policy; `concurrency` below 1 counts as 1, no account as one without key and limits.
    package init(
        accounts: [Account], concurrency: Int, requestsPerMinute: Double? = nil,
        waitReady: TimeSpan = .seconds(60), openingPatience: TimeSpan = .zero, seed: UInt64 = 0
    ) {
        self.accounts = accounts.isEmpty ? [Account(name: "default")] : accounts
        self.concurrency = max(1, concurrency)
        self.requestsPerMinute = requestsPerMinute
        self.waitReady = waitReady
        self.openingPatience = openingPatience
        self.seed = seed
    }
}
