package import SluiceCore

/// How much there is in a cache.
package struct CacheStatistics: Sendable {
    /// Stored answers.
    package var answers = 0
    /// Requests that they answer.
    package var requests = 0
    /// The bytes of the database that are in use.
    package var bytes = 0
    /// When the first of the answers was stored; nil if there are none.
    package var oldest: WallTime?
    /// When the last of the answers was stored; nil if there are none.
    package var newest: WallTime?
    /// The answers of each place, most first.
    package var routes: [(route: CacheRoute, answers: Int)] = []
}
