import SluiceCore

/// What a request that was let in holds until its end.
struct Hold: Sendable, Equatable {
    /// The place of the quota.
    var quota: Int
    /// What was charged on receipt.
    var charge: Charge
    /// What is charged in the end.
    var used: Charge
    /// A hash of what it asks.
    var content: UInt64?
    /// When it is answered, unless the engine decides about that; in the caller's time.
    var due: Instant
    /// The receipts of the limits that are settled at the end.
    var receipts = Receipts()

    /// One receipt for each limit that can be settled.
    struct Receipts: Sendable, Equatable {
        private var tokens = 0
        private var outputTokens = 0
        private var dailyTokens = 0

        subscript(_ dimension: RateDimension) -> Int {
            get {
                switch dimension {
                case .tokensPerMinute: tokens
                case .outputTokensPerMinute: outputTokens
                case .tokensPerDay: dailyTokens
                default: 0
                }
            }
            set {
                switch dimension {
                case .tokensPerMinute: tokens = newValue
                case .outputTokensPerMinute: outputTokens = newValue
                case .tokensPerDay: dailyTokens = newValue
                default: break
                }
            }
        }
    }
}
