public import SluiceCore

/// An error reply in OpenAI's shape.
public struct Refusal: Error, Sendable, Equatable {
    /// The HTTP status.
    public var status: Int
    /// One sentence or two for people.
    public var message: String {
        get { text.message }
        set { text = .plain(newValue) }
    }
    /// The family of the error, such as `invalid_request_error`.
    public var type: String
    /// The field of the request that is to blame.
    public var param: String?
    /// The exact error, such as `rate_limit_exceeded`.
    public var code: String?
    /// When to try again, if the server says so.
    public var retryAfter: TimeSpan?
    /// The limit that was reached, if one was.
    public internal(set) var dimension: RateDimension?
    private var text: Text

    /// A message, put together when it is read: simulations refuse a million times and read none.
    private enum Text: Sendable, Equatable {
        case plain(String)
        case reached(LimitReached)

        var message: String {
            switch self {
            case .plain(let message): message
            case .reached(let limit): limit.message
            }
        }
    }

    /// An error reply.
    public init(
        _ status: Int, _ message: String, type: String = "invalid_request_error", param: String? = nil,
        code: String? = nil, retryAfter: TimeSpan? = nil
    ) {
        self.status = status
        text = .plain(message)
        self.type = type
        self.param = param
        self.code = code
        self.retryAfter = retryAfter
    }

    /// A limit is reached, and will not be for ever.
    init(_ limit: LimitReached) {
        status = 429
        text = .reached(limit)
        type = limit.dimension.type
        code = "rate_limit_exceeded"
        retryAfter = limit.wait
        dimension = limit.dimension
    }
}
