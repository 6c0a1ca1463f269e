public import SluiceCore

/// How a run stands, for people and for `--json`.
public struct Progress: Sendable {
    /// The name of the run.
    public let title: String?
    /// Where the rows went so far.
    public let counts: RunCounts
    /// What each model did where every row is asked of several, in the order in which they were named; else empty.
    public let models: [ModelCounts]
    /// Rows of the whole input, if it is known.
    public let total: Int?
    /// The money, with what earlier runs into the output have spent.
    public let spent: SpentMoney
    /// Since the run began to send.
    public let elapsed: TimeSpan
    /// Rows per second over the last ten seconds.
    public let rate: Double
    /// The time that is left at this rate.
    public let remaining: TimeSpan?
    /// Requests in flight.
    public let inFlight: Int
    /// The requests in flight at once that the servers do best with, as far as is known; nil where that is not looked for.
    public let foundConcurrency: Int?
    /// What the next request waits for, with its time.
    public let waiting: String?
    /// Failed rows by cause, most first.
    public let failures: [FailureGroup]
}
