package import SluiceCore

/// A stored answer as it is shown to people.
package struct CacheEntry: Sendable {
    /// What was asked, as 64 hexadecimal digits.
    package let hash: String
    /// Which of the answers to it this is, from 0.
    package let sample: Int
    /// Who gave it.
    package let route: CacheRoute
    /// When it was stored, to the second.
    package let created: WallTime
    /// The provider's reply as JSON.
    package let reply: Bytes
}
