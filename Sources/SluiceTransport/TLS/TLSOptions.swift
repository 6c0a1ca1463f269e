/// Whom a transport trusts, and as whom it appears.
package struct TLSOptions: Sendable {
    /// A certificate of our own and its key, which some servers ask for.
    package struct Identity: Sendable {
        /// A PEM file with the certificate, and those that lead to its authority behind it.
        package var certificate: String
        /// A PEM file with the private key; may be the same file.
        package var key: String

        /// The files of an identity.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// PEM files, and folders of them, with the authorities to trust instead of the system's; empty for the system's.
    package var authorities: [String] = []
    /// Whether they are read only for the first secure connection, and not at the start.
    package var areAuthoritiesReadLate = false
    /// What to show to a server that asks.
    package var identity: Identity?
    /// Whether the server has to prove who it is.
    package var isVerified = true

    /// The system's authorities, no identity, everything verified.
    package init() {}
}
