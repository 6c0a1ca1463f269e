public import SluiceCore
internal import SluiceProviders

/// What a run would take: rows, tokens, money and time; nothing is sent or written.
public struct Estimate: Sendable, Equatable {
    /// A number that is not known yet, between two bounds.
    public struct Span<Value: Sendable & Equatable>: Sendable, Equatable {
        /// Hardly less than this.
        public var low: Value
        /// The likeliest.
        public var expected: Value
        /// Hardly more than this.
        public var high: Value
    }

    /// A row that there is no room for.
    public struct TooLongRow: Sendable, Equatable {
        /// Its line in the input, from 1.
        public let line: Int
        /// Its tokens: of the prompt for a context, of prompt and answer for a limit.
        public let tokens: Int
        /// The tokens that there is room for.
        public let room: Int
    }

    /// What the rows of one of several models add up to.
    public struct ModelEstimate: Sendable, Equatable {
        /// The model, as the run names it.
        public let model: String
        /// Rows that would be sent to it.
        public let rows: Int
        /// Tokens of their prompts.
        public let inputTokens: Int
        /// The likeliest number of tokens of the answers.
        public let outputTokens: Int
        /// The likeliest amount; nil if its price is not known.
        public let cost: Money?
    }

    /// Rows that were answered before.
    public internal(set) var done = 0
    /// Rows that would be sent.
    public internal(set) var toDo = 0
    /// Rows that a run of so many rows would leave.
    public internal(set) var left = 0
    /// Lines that are no row, and rows that cannot be asked.
    public internal(set) var bad = 0
    /// The first of the rows that cannot be asked, as `line 7: why`.
    public internal(set) var firstBad: String?
    /// How many of the rows to be sent are longer than their model reads.
    public internal(set) var tooLong = 0
    /// The first of them, ten at most.
    public internal(set) var tooLongRows: [TooLongRow] = []

    /// Rows whose prompt would be cut to fit its model's context.
    public internal(set) var truncated = 0
    /// How many rows need more tokens than any account allows in its whole minute or day.
    public internal(set) var overLimit = 0
    /// The first of them, ten at most.
    public internal(set) var overLimitRows: [TooLongRow] = []

    /// Tokens of the prompts.
    public internal(set) var inputTokens = 0
    /// Tokens of the answers.
    public internal(set) var outputTokens = Span(low: 0, expected: 0, high: 0)
    /// Answers that the expectation rests on; with none it is a guess of at most 500 tokens each.
    public internal(set) var answersKnown = 0
    /// How the tokens of prompts were counted.
    public internal(set) var method = "exact"

    /// The money; nil if no price is known.
    public internal(set) var cost: Span<Money>?
    /// The likeliest amount in batches.
    public internal(set) var batchCost: Money?
    /// Tokens that the prompts have in common at their beginning.
    public internal(set) var prefixTokens = 0
    /// The likeliest amount if the provider's cache serves that beginning; nil where it does not.
    public internal(set) var cachedCost: Money?
    /// What the answered rows cost.
    public internal(set) var spent = Money.zero
    /// Each model apart where every row is asked of several; else empty.
    public internal(set) var models: [ModelEstimate] = []
    /// Models of rows whose price is not known.
    public internal(set) var unpriced: [String] = []
    /// Where the prices are from.
    public internal(set) var prices: String
    /// How many days ago that was; nil if it does not say.
    public internal(set) var pricesAge: Int?

    /// The time at the limits that are known; nil if none is.
    public internal(set) var time: TimeSpan?
    /// What bounds the time: `requests/min`, `requests/min of the run`, `tokens/min`, `prompt tokens/min`,
    /// `answer tokens/min`, `requests/day`, `tokens/day`, `concurrency`.
    public internal(set) var bound: String?

    /// Looks at every row of the input and at the output, if there is one.
    /// - Throws: ``SluiceError`` for whatever would stop the run before it sends.
    public init(_ options: RunOptions, environment: Environment = .live) throws(SluiceError) {
        let now = environment.now().wall
        prices = options.catalogue.origin
        pricesAge = options.catalogue.age(at: now)
        var survey = try Survey(options, now: now)
        try survey.read()
        survey.fill(&self)
    }
}
