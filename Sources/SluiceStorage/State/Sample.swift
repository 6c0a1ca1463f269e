package import SluiceCore

/// What a run did in one second, or in the minute or hour that older seconds were put together to.
package struct Sample: Sendable, Equatable {
    /// When it began, in whole seconds since 1970.
    package var second: Int64
    /// Its length in seconds: 1, 60 or 3600.
    package var span: Int64
    /// Requests whose reply came, or that broke off.
    package var sent = 0
    /// Rows answered.
    package var answered = 0
    /// Rows failed.
    package var failed = 0
    /// Requests refused for a limit.
    package var refused = 0
    /// Tokens of the prompts of the answers.
    package var input = 0
    /// Tokens of the answers.
    package var output = 0
    /// What the answers cost.
    package var cost = Money.zero
    /// Requests in flight at its end, or on average where seconds were put together.
    package var inFlight = 0
    /// What the next request waited for at its end; nil if none did.
    package var waiting: String?
    /// Requests without an answer, by the class of their outcome.
    package var failures: [String: Int] = [:]

    /// Nothing, in one second.
    package init(second: Int64, span: Int64 = 1) {
        self.second = second
        self.span = span
    }
}
