import SluiceCore

/// A request that waits for leave.
struct Waiting: Sendable, Comparable {
    let ticket: Ticket
    let model: ModelIndex
    let demand: TokenDemand
    let avoiding: CredentialIndex?
    let isRetry: Bool
    /// Whether it lets those go first that wait already: it was refused again and again.
    let yields: Bool
    /// Where the models that may be asked instead are in the policy, from 1; 0 for none.
    let fallback: Int
    /// When it may go at the earliest.
    let notBefore: Instant
    /// The order of arrival, which decides between equal moments.
    let order: UInt64

    /// Whose turn it is between the heads of several models: retries before fresh ones, then by arrival.
    var rank: (Int, UInt64) { (goesFirst ? 0 : 1, order) }

    /// Whether it goes before fresh requests.
    var goesFirst: Bool { isRetry && !yields }

    static func < (left: Waiting, right: Waiting) -> Bool {
        (left.notBefore, left.order) < (right.notBefore, right.order)
    }

    static func == (left: Waiting, right: Waiting) -> Bool { left.order == right.order }
}
