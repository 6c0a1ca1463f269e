/// Why no reply came.
package struct TransportFailure: Error, Sendable {
    /// The kinds of failure.
    package enum Kind: String, Sendable {
        /// Nobody listens, or the network is unreachable.
        case refused
        /// The name has no address.
        case unresolved
        /// No connection within the connect timeout.
        case connectTimeout = "connect_timeout"
        /// The certificate or the handshake failed.
        case tls
        /// No whole reply within the call's timeout.
        case timeout
        /// The connection ended before the reply did.
        case reset
        /// The reply is not HTTP, or its framing is broken.
        case malformed
        /// The reply is larger than the cap.
        case tooLarge = "too_large"
        /// The run is being stopped.
        case aborted
    }

    /// The kind of failure.
    package let kind: Kind
    /// One line for people.
    package let message: String
    /// Whether the server may have the whole request, and so may charge for it.
    package let mayBePaid: Bool

    package init(_ kind: Kind, _ message: String, mayBePaid: Bool) {
        self.kind = kind
        self.message = message
        self.mayBePaid = mayBePaid
    }
}
