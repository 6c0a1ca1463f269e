package import SluiceCore

/// Leave to send one request once, with one credential.
///
/// It is a plain value: whoever holds it must see to it that it is settled exactly once; a second settlement of the
/// same grant is ignored.
package struct Grant: Sendable, Hashable {
    /// Unique among the grants in flight, and not used again soon.
    package let id: UInt64
    /// The credential to send with.
    package let credential: CredentialIndex
    /// The model that it is for.
    package let model: ModelIndex
    /// The tokens reserved for it.
    package let tokens: TokenUse
    /// The most that it can cost; zero where nothing limits that.
    package let ceiling: Money
    /// When leave was given; the send is expected to follow at once.
    package let sentAt: Instant
    /// Whether its row is sent to this model for the first time.
    package let isFirst: Bool
    /// Whether it tries out an endpoint or a credential with which nothing got through; see ``Circuit``.
    package let isProbe: Bool
    /// Which send of its account for its model it is, from 1.
    let number: Int
    /// How many requests of its account for its model were in flight with it.
    let load: Int
    /// How many answers there were before it, from its account for its model.
    let answers: Int
    /// How many refusals for the rate there were before it, likewise.
    let refusals: Int

    /// The account's place in the policy, from 0.
    package var account: Int { credential.account }
}
