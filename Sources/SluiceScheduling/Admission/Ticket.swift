/// Names a request that waits for leave to be sent.
///
/// The caller chooses it; no two tickets that wait at the same time may be equal.
package struct Ticket: Sendable, Hashable {
    /// The caller's number.
    package let rawValue: UInt64

    /// A ticket with the caller's number.
    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }
}
