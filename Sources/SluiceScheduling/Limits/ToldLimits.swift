package import SluiceCore

/// What a provider said of its limits beside a reply.
package struct ToldLimits: Sendable, Equatable {
    /// One limit: the most in a window, what is left of it, and how long until all of it is there again.
    package struct Reading: Sendable, Equatable {
        package let limit: Double
        package let remaining: Double?
        package let reset: TimeSpan?
        /// Whether the window is known to be a minute; otherwise it follows from two readings.
        package let isPerMinute: Bool

        package init(limit: Double, remaining: Double? = nil, reset: TimeSpan? = nil, isPerMinute: Bool) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
            self.isPerMinute = isPerMinute
        }
    }

    package var requests: Reading?
    package var tokens: Reading?
    package var inputTokens: Reading?
    package var outputTokens: Reading?

    /// Nothing said yet.
    package init() {}

    /// What was said for the account, as a part of it for one of several that share it: 1 for all, 0.5 for a half.
    package func part(_ part: Double) -> ToldLimits {
        guard part < 1 else { return self }
        var limits = self
        limits.requests = requests?.part(part)
        limits.tokens = tokens?.part(part)
        limits.inputTokens = inputTokens?.part(part)
        limits.outputTokens = outputTokens?.part(part)
        return limits
    }
}

extension ToldLimits.Reading {
    fileprivate func part(_ part: Double) -> ToldLimits.Reading {
        ToldLimits.Reading(
            limit: limit * part, remaining: remaining.map { $0 * part }, reset: reset, isPerMinute: isPerMinute)
    }
}
