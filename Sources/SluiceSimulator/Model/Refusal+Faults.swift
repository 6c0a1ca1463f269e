public import SluiceCore

extension Refusal {
    /// The same error from a provider that lives so many times as fast.
    func faster(by speed: Double) -> Refusal {
        var refusal = self
        refusal.retryAfter = retryAfter.map { .seconds($0.seconds / speed) }
        return refusal
    }

    /// The error that OpenAI, or the proxy before it, sends with a status.
    public static func usual(_ status: Int, retryAfter: TimeSpan? = nil) -> Refusal {
        let (message, type, code) = words[status] ?? ("The request failed.", "api_error", nil)
        return Refusal(status, message, type: type, code: code, retryAfter: retryAfter)
    }

    /// The error for a key that a fault has ended.
    static func end(of key: String, _ end: Fault.KeyEnd) -> Refusal {
        switch end {
        case .revoked: .invalidKey(key)
        case .deactivated: .deactivated
        case .spent: .exhausted
        }
    }

    private static let words: [Int: (message: String, type: String, code: String?)] = [
        200: ("The upstream provider failed.", "server_error", "server_error"),
        400: ("Your request was malformed.", "invalid_request_error", "invalid_value"),
        401: ("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
        402: ("Insufficient Balance", "unknown_error", "invalid_request_error"),
        403: ("You do not have access to this resource.", "invalid_request_error", "access_denied"),
        404: ("The resource does not exist.", "invalid_request_error", "not_found"),
        405: ("This method is not allowed here.", "invalid_request_error", "method_not_supported"),
        408: ("The request timed out. Please try again.", "timeout", "request_timeout"),
        409: ("The resource is being used by another request.", "invalid_request_error", "conflict"),
        413: ("The body of your request is too large.", "invalid_request_error", "request_too_large"),
        415: ("This content type is not supported.", "invalid_request_error", "unsupported_media_type"),
        422: ("The request cannot be processed.", "invalid_request_error", "unprocessable_entity"),
        425: ("Too early. Please try again.", "api_error", "too_early"),
        429: ("Too many requests.", "requests", "rate_limit_exceeded"),
        499: ("The request was cancelled.", "api_error", "request_cancelled"),
        500: (
            "The server had an error while processing your request. Sorry about that!", "server_error", "server_error"
        ),
        502: ("Bad gateway.", "server_error", "bad_gateway"),
        503: (
            "The server is currently overloaded with other requests. Please try again later.",
            "service_unavailable_error", "server_is_overloaded"
        ),
        504: ("The gateway timed out.", "server_error", "gateway_timeout"),
        529: ("Overloaded", "overloaded_error", "overloaded_error"),
    ]
}
