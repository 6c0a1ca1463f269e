public import SluiceCore

/// How connections to providers are made, and whom they trust.
public struct ConnectionOptions: Sendable {
    /// A certificate of one's own and its key, which some servers ask for.
    public struct Identity: Sendable {
        /// A PEM file with the certificate, and those that lead to its authority behind it.
        public var certificate: String
        /// A PEM file with the private key, without a passphrase; may be the same file.
        public var key: String

        /// The files of an identity.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The longest time to a connection, all addresses of the name and the handshake included.
    public var connectTimeout = TimeSpan.seconds(5)
    /// The longest time from a request to the first byte of its reply; nil leaves it to the reply's timeout.
    public var firstByteTimeout: TimeSpan?
    /// The longest pause inside a reply; nil leaves it to the reply's timeout.
    public var idleTimeout: TimeSpan?
    /// The largest reply, in bytes, packed and unpacked.
    public var maxResponse = 32 << 20
    /// PEM files, and folders of them, with the authorities to trust instead of the system's; empty for the system's.
    public var authorities: [String] = []
    /// Whether ``authorities`` that cannot be read stop a run that begins without an https address.
    public var checksUnusedAuthorities = true
    /// What to show to a server that asks for a certificate.
    public var identity: Identity?
    /// Whether servers need not prove who they are.
    public var isInsecure = false

    /// The defaults.
    public init() {}
}
