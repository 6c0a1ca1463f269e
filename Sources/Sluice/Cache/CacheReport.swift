public import SluiceCore

/// How much there is in a cache.
public struct CacheReport: Sendable {
    /// The file.
    public let path: String
    /// Stored answers.
    public let answers: Int
    /// Requests that they answer.
    public let requests: Int
    /// The bytes that they take.
    public let bytes: Int
    /// When the first of the answers was stored; nil if there are none.
    public let oldest: WallTime?
    /// When the last of the answers was stored; nil if there are none.
    public let newest: WallTime?
    /// The answers of each model at each place, most first.
    public let models: [(model: String, endpoint: String, base: String, answers: Int)]
}
