package import SluiceCore

/// How large a cache may become; the oldest answers go first.
package struct CacheLimits: Sendable, Equatable {
    /// The bytes of its database that are in use; nil for no bound.
    package var bytes: Int?
    /// The number of answers; nil for no bound.
    package var count: Int?
    /// The age of an answer; nil for no bound.
    package var age: TimeSpan?

    /// No bound.
    package init() {}

    /// Whether there is no bound.
    package var isEmpty: Bool { self == CacheLimits() }
}
