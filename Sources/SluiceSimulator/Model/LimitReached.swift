import SluiceCore

/// What there is to say about a limit that a request has run into, in OpenAI's words.
struct LimitReached: Sendable, Equatable {
    let dimension: RateDimension
    let model: String
    let limit: Int
    let used: Int
    let requested: Int
    let wait: TimeSpan
    /// Whether it is said when to try again.
    let saysWait: Bool

    var message: String {
        "Rate limit reached for \(model) in organization org-simulated on \(dimension.name): "
            + "Limit \(limit), Used \(used), Requested \(requested)."
            + (saysWait ? " Please try again in \(wait.resetText)." : "")
    }
}
