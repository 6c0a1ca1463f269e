public import SluiceCore

/// Where every row went, and what it took.
public struct RunCounts: Sendable, Equatable {
    /// Rows of the input, bad lines included.
    public var read = 0
    /// Rows answered in this run.
    public var answered = 0
    /// Rows answered from the cache.
    public var cached = 0
    /// Rows that shared another row's answer.
    public var deduplicated = 0
    /// Rows that an earlier run had answered.
    public var doneBefore = 0
    /// Rows that failed for good.
    public var failed = 0
    /// Rows that were not asked, or not to the end.
    public var left = 0

    /// Requests sent.
    public var attempts = 0
    /// Requests refused for a rate or a quota.
    public var refused = 0
    /// Attempts whose answer was lost after the provider may have charged for it.
    public var possiblyPaidTwice = 0
    /// Second requests for slow ones, with ``RunOptions/hedge``.
    public var hedged = 0
    /// Those of them whose answers came first.
    public var hedgesWon = 0
    /// Answers that stopped at the token cap.
    public var cut = 0
    /// Answers that a content filter stopped.
    public var filtered = 0
    /// Answered rows whose prompt was shortened to fit its model's context.
    public var truncated = 0
    /// Rows answered by a model that stepped in for theirs.
    public var fallback = 0
    /// Tokens of all answers.
    public var usage = Usage()

    /// What the answers cost whose price is known.
    public var cost = Money.zero
    /// Answers whose price is not known.
    public var unpriced = 0
    /// The most that attempts have cost whose answer, or its number of tokens, never arrived.
    public var uncertainCost = Money.zero

    /// Nothing yet.
    public init() {}

    /// Whether every row is accounted for.
    public var isConserved: Bool { read == answered + cached + deduplicated + doneBefore + failed + left }
}
