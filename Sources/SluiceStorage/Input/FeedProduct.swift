/// What a ``RecordFeed`` hands to a slot.
package protocol FeedProduct: Sendable {
    /// The bytes that it holds in memory, a little overhead included.
    var weight: Int { get }
}
