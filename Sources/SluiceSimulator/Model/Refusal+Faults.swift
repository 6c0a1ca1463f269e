import SluiceCore

extension Refusal {
    static let serverError = Refusal(
        500, "The server had an error while processing your request. Sorry about that!", type: "server_error",
        code: "server_error")

    static func unavailable(retryAfter: TimeSpan) -> Refusal {
        Refusal(
            503, "The server is currently overloaded with other requests. Please try again later.",
            type: "service_unavailable_error", code: "server_is_overloaded", retryAfter: retryAfter)
    }

    static func tooManyRequests(retryAfter: TimeSpan) -> Refusal {
        Refusal(
            429, "Too many requests.", type: "requests", code: "rate_limit_exceeded", retryAfter: retryAfter)
    }
}
