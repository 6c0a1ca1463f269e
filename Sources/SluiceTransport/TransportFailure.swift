/// Why no reply came.
package struct TransportFailure: Error, Sendable {
    /// The kinds of failure.
    package enum Kind: String, Sendable {
        /// Nobody listens, the network is unreachable, a handshake was broken off, or no more files may be opened.
        case refused
        /// The name has no address.
        case unresolved
        /// No connection within the connect timeout.
        case connectTimeout = "connect_timeout"
        /// A certificate was refused, or the server speaks no TLS that is safe: the next handshake fails alike.
        case tls
        /// No whole reply within one of the call's timeouts.
        case timeout
        /// The connection ended before the reply did.
        case reset
        /// The reply is not HTTP, or its framing is broken.
        case malformed
        /// The reply is that to an earlier request, come a second time; this one's is lost with its connection.
        case repeated
        /// The reply is larger than the cap.
        case tooLarge = "too_large"
        /// The call was cancelled, or the run is being stopped.
        case aborted
    }

    /// The kind of failure.
    package let kind: Kind
    /// One line for people.
    package let message: String
    /// What they can do about it, where the transport knows more than its kind tells.
    package let hint: String?
    /// Whether the server may have the request, and so may charge for it.
    package let mayBePaid: Bool

    package init(_ kind: Kind, _ message: String, hint: String? = nil, mayBePaid: Bool) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.mayBePaid = mayBePaid
    }
}
