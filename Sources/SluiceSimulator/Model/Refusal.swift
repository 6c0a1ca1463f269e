public import SluiceCore

/// An error reply in OpenAI's shape.
public struct Refusal: Error, Sendable, Equatable {
    /// The HTTP status.
    public var status: Int
    /// One sentence or two for people.
    public var message: String
    /// The family of the error, such as `invalid_request_error`.
    public var type: String
    /// The field of the request that is to blame.
    public var param: String?
    /// The exact error, such as `rate_limit_exceeded`.
    public var code: String?
    /// When to try again, if the server says so.
    public var retryAfter: TimeSpan?

    /// An error reply.
    public init(
        _ status: Int, _ message: String, type: String = "invalid_request_error", param: String? = nil,
        code: String? = nil, retryAfter: TimeSpan? = nil
    ) {
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.retryAfter = retryAfter
    }
}
