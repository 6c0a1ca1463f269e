import SluiceCore

/// What a rate limit counts, and how OpenAI's messages name it.
enum RateDimension: Sendable {
    case requestsPerMinute
    case tokensPerMinute
    case requestsPerSecond
    case concurrency

    /// The `type` of the error.
    var type: String { self == .tokensPerMinute ? "tokens" : "requests" }

    /// The name in the message.
    var name: String {
        switch self {
        case .requestsPerMinute: "requests per min (RPM)"
        case .tokensPerMinute: "tokens per min (TPM)"
        case .requestsPerSecond: "requests per sec (RPS)"
        case .concurrency: "concurrent requests"
        }
    }
}

extension Refusal {
    /// A limit is reached, and will not be for ever.
    static func rateLimit(
        _ dimension: RateDimension, model: String, limit: Int, used: Int, requested: Int, wait: TimeSpan,
        saysWait: Bool
    ) -> Refusal {
        var message =
            "Rate limit reached for \(model) in organization org-simulated on \(dimension.name): "
            + "Limit \(limit), Used \(used), Requested \(requested)."
        if saysWait { message += " Please try again in \(wait.resetText)." }
        return Refusal(429, message, type: dimension.type, code: "rate_limit_exceeded", retryAfter: wait)
    }

    /// A single request is larger than what a minute allows: waiting does not help.
    static func tooLarge(model: String, limit: Int, requested: Int) -> Refusal {
        Refusal(
            429,
            "Request too large for \(model) in organization org-simulated on "
                + "\(RateDimension.tokensPerMinute.name): Limit \(limit), Requested \(requested). "
                + "The input or output tokens must be reduced in order to run successfully.",
            type: RateDimension.tokensPerMinute.type, code: "rate_limit_exceeded")
    }
}
