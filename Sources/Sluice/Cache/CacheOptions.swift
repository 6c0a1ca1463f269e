public import SluiceCore
internal import SluiceStorage

/// Whether answers are kept on the disk and given again, and how many.
public struct CacheOptions: Sendable {
    /// The folder that they are kept in; nil for no cache.
    public var folder: String?
    /// The bytes that they may take; nil for no bound.
    public var maxBytes: Int?
    /// The number of answers; nil for no bound.
    public var maxCount: Int?
    /// The age of an answer; nil for no bound.
    public var maxAge: TimeSpan?

    /// No cache.
    public init() {}

    var limits: CacheLimits {
        var limits = CacheLimits()
        limits.bytes = maxBytes
        limits.count = maxCount
        limits.age = maxAge
        return limits
    }
}
