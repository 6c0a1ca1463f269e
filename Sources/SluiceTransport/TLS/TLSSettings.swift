internal import NIOCore
internal import NIOSSL
internal import SluiceCore

/// The one TLS context of a transport, made when the first secure connection is.
final class TLSSettings: Sendable {
    private let options: TLSOptions
    private let context = Guarded<NIOSSLContext?>(nil)

    init(_ options: TLSOptions) throws(SluiceError) {
        self.options = options
        // A wrong file should stop the run before anything is sent; the system's own are read when first needed.
        let namesAuthorities = !options.authorities.isEmpty && !options.areAuthoritiesReadLate
        if namesAuthorities || options.identity != nil { _ = try shared() }
    }

    /// A handler that encrypts one connection to a host and checks that the certificate is this host's.
    func handler(host: String) throws(SluiceError) -> NIOSSLClientHandler {
        let context = try shared()
        // Server Name Indication takes names only (RFC 6066 §3); an address is checked against the certificate as is.
        do {
            return try NIOSSLClientHandler(context: context, serverHostname: isAddress(host) ? nil : host)
        } catch {
            throw SluiceError(.configuration, "no tls for host '\(host)': \(error)")
        }
    }

    /// Whether a certificate that was verified names a host.
    ///
    /// NIOSSL also takes one for the address that was connected to, whatever the name: then whoever answers for the name
    /// server could have the keys.
    func isNamed(_ host: String, in certificate: NIOSSLCertificate?) -> Bool {
        guard options.isVerified, !isAddress(host) else { return true }
        let facts = certificate.flatMap { try? $0.toDERBytes() }.flatMap { CertificateFacts($0) }
        return facts?.hosts.contains { $0.matches(host) } ?? false
    }

    private func isAddress(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }

    private func shared() throws(SluiceError) -> NIOSSLContext {
        try context.withLock { context throws(SluiceError) in
            if let context { return context }
            for path in options.authorities { try AuthorityFiles.check(path) }
            let withoutIdentity = self.withoutIdentity
            let configuration = try identified(withoutIdentity)
            do {
                let made = try NIOSSLContext(configuration: configuration)
                context = made
                return made
            } catch {
                if let identity = options.identity, (try? NIOSSLContext(configuration: withoutIdentity)) != nil {
                    throw SluiceError(
                        .configuration, "the client certificate and its key do not go together",
                        hint: "--client-key names the key that \(identity.certificate) was made with",
                        file: identity.key)
                }
                throw SluiceError(.configuration, "cannot read certificates: \(error)", hint: AuthorityFiles.hint)
            }
        }
    }

    private var withoutIdentity: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !options.isVerified { configuration.certificateVerification = .none }
        // NIOSSL takes a folder in the first place only; SSL_CERT_DIR beside SSL_CERT_FILE is usual.
        let folders = options.authorities.filter(AuthorityFiles.isFolder)
        let authorities = folders + options.authorities.filter { !AuthorityFiles.isFolder($0) }
        if let first = authorities.first {
            configuration.trustRoots = .file(first)
            configuration.additionalTrustRoots = authorities.dropFirst().map { .file($0) }
        }
        return configuration
    }

    private func identified(_ configuration: TLSConfiguration) throws(SluiceError) -> TLSConfiguration {
        guard let identity = options.identity else { return configuration }
        var configuration = configuration
        do {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificate)
                .map { .certificate($0) }
        } catch {
            throw SluiceError(
                .configuration, "no client certificate can be read from this file",
                hint: "--client-cert takes a PEM file: the certificate, then those that lead to its authority",
                file: identity.certificate)
        }
        do {
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        } catch {
            throw SluiceError(
                .configuration, "no private key can be read from this file",
                hint: "--client-key takes a PEM file without a passphrase", file: identity.key)
        }
        return configuration
    }
}
