import SluiceCore

/// What a provider enforces, whatever it says.
struct Truth: Sendable {
    var requestsPerMinute: Double?
    var tokensPerMinute: Double?
    var window = LimitWindow.bucket
    var charge = TokenCharge.reserved
    /// Requests are counted over so many seconds, in windows that begin with the clock; nil for a bucket of a second.
    var quantum: Double?
    var requestDepth = 1.0
    /// The most requests at once; more are refused.
    var concurrency: Int?
}
