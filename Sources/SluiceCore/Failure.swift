/// Why a row has no answer; written to the errors file.
public struct Failure: Error, Sendable, Equatable {
    /// One try at a request, for the errors file.
    public struct Attempt: Sendable, Equatable {
        /// The HTTP status, or nil if no reply came.
        public let status: Int?
        /// What went wrong, in a line.
        public let message: String
        /// How long the try took, in milliseconds.
        public let milliseconds: Int

        /// Describes one try.
        public init(status: Int?, message: String, milliseconds: Int) {
            self.status = status
            self.message = message
            self.milliseconds = milliseconds
        }
    }

    /// What the last reply meant.
    public let kind: OutcomeClass
    /// The HTTP status, or nil if no reply came.
    public let status: Int?
    /// The provider's or our own code: `context_length_exceeded`, `timeout`, `bad_row`.
    public let code: String?
    /// One line for people.
    public let message: String
    /// Every try, first to last.
    public var attempts: [Attempt]

    /// Describes a failed row.
    public init(
        _ kind: OutcomeClass, status: Int? = nil, code: String? = nil, message: String, attempts: [Attempt] = []
    ) {
        self.kind = kind
        self.status = status
        self.code = code
        self.message = message
        self.attempts = attempts
    }
}
