package import SluiceCore

/// What a ``DirectTransport`` is allowed to do.
package struct DirectSettings: Sendable {
    /// The longest time to a connection, handshake included.
    package var connectTimeout = TimeSpan.seconds(5)
    /// An idle connection older than this is closed before the server does it.
    package var idleTimeout = TimeSpan.seconds(50)
    /// The largest reply body, in bytes.
    package var replyCap = 32 << 20
    /// A PEM file with the authorities to trust instead of the system's.
    package var authorities: String?

    /// Called on the event loop with the time that each new connection took, its handshake included.
    package var onConnect: (@Sendable (TimeSpan) -> Void)?

    /// The defaults of CONTRACTS.md.
    package init() {}
}
