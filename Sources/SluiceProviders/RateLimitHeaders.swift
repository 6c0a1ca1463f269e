package import SluiceCore

/// What a reply's headers say of the limits of its account and model.
package struct RateLimitHeaders: Sendable, Equatable {
    /// One limit.
    package struct Reading: Sendable, Equatable {
        /// The most in the provider's window.
        package let limit: Double
        /// What is left of it.
        package let remaining: Double?
        /// How long until all of it is there again.
        package let reset: TimeSpan?
        /// Whether its name or the provider's documentation says that it is per minute.
        package let isPerMinute: Bool

        package init(limit: Double, remaining: Double? = nil, reset: TimeSpan? = nil, isPerMinute: Bool = false) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
            self.isPerMinute = isPerMinute
        }
    }

    /// Requests.
    package private(set) var requests: Reading?
    /// Prompt and answer together.
    package private(set) var tokens: Reading?
    /// Prompts.
    package private(set) var inputTokens: Reading?
    /// Answers.
    package private(set) var outputTokens: Reading?

    /// Those whose headers tell no reset, as these are per minute.
    private static let withoutReset: Set<String> = ["fireworks_ai", "qianfan"]

    /// Reads the headers of every known family; nil if there are none.
    /// - Parameter provider: Who sent them, by the catalogue's name; asked only where a limit comes without a reset.
    package init?(header: (String) -> String?, from provider: @autoclosure () -> String?, now: WallTime) {
        for names in RateLimitNames.all where isOpen(names.kind) {
            // Azure sends -1 and 0 where there is no limit.
            guard let limit = header(names.limit).flatMap(WaitHint.number), limit >= 1 else { continue }
            let reset = header(names.reset)
            let isPerMinute =
                names.isPerMinute || reset == nil && provider().map(Self.withoutReset.contains) ?? false
            note(
                names.kind,
                Reading(
                    limit: limit, remaining: header(names.remaining).flatMap(WaitHint.number),
                    reset: reset.flatMap { WaitHint.span($0, header: header, now: now) }, isPerMinute: isPerMinute))
            if requests != nil, tokens != nil || inputTokens != nil && outputTokens != nil { return }
        }
        if requests == nil, isOpen(.tokens) { return nil }
    }

    /// Whether nothing was said so far of a kind of limit, or of one that includes it.
    private func isOpen(_ kind: RateLimitNames.Kind) -> Bool {
        switch kind {
        case .requests: requests == nil
        case .tokens: tokens == nil && inputTokens == nil && outputTokens == nil
        case .inputTokens: tokens == nil && inputTokens == nil
        case .outputTokens: tokens == nil && outputTokens == nil
        }
    }

    private mutating func note(_ kind: RateLimitNames.Kind, _ reading: Reading) {
        switch kind {
        case .requests: requests = reading
        case .tokens: tokens = reading
        case .inputTokens: inputTokens = reading
        case .outputTokens: outputTokens = reading
        }
    }
}
