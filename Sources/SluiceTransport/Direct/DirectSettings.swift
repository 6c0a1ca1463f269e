package import SluiceCore

/// What a ``DirectTransport`` is allowed to do.
package struct DirectSettings: Sendable {
    /// The longest time to a connection, all addresses and the handshake included.
    package var connectTimeout = TimeSpan.seconds(5)
    /// An idle connection older than this is closed before the server does it; earlier if the server says so.
    package var idleTimeout = TimeSpan.seconds(50)
    /// The largest reply body, in bytes, before and after its coding is undone.
    package var replyCap = 32 << 20
    /// Asked before a reply grows larger than its call expected; nil for no bound but ``replyCap``.
    package var memory: (any ReplyMemory)?
    /// Whom to trust, and as whom to appear.
    package var tls = TLSOptions()
    /// Asked for the addresses of a name before the system is, which finds those of a name that is nil here.
    ///
    /// It may block.
    package var addresses: (@Sendable (_ host: String) -> [String]?)?
    /// How long the addresses of a name are used before it is looked up again.
    package var addressFreshness = TimeSpan.seconds(30)
    /// Reads the calendar, to say since when a certificate has expired.
    package var wall: (@Sendable () -> WallTime)?

    /// Called on the event loop with the time that each new connection took, its handshake included.
    package var onConnect: (@Sendable (TimeSpan) -> Void)?

    /// The defaults of CONTRACTS.md.
    package init() {}
}
