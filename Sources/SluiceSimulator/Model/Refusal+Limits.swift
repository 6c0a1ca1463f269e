import SluiceCore

extension Refusal {
    /// A single request is larger than what a whole period allows: waiting does not help.
    static func tooLarge(_ dimension: RateDimension, model: String, limit: Int, requested: Int) -> Refusal {
        var refusal = Refusal(
            429,
            "Request too large for \(model) in organization org-simulated on \(dimension.name): "
                + "Limit \(limit), Requested \(requested). "
                + "The input or output tokens must be reduced in order to run successfully.",
            type: dimension.type, code: "rate_limit_exceeded")
        refusal.dimension = dimension
        return refusal
    }
}
