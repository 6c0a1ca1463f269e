internal import NIOCore
internal import NIOSSL
internal import SluiceCore

/// The one TLS context of a transport, made when the first secure connection is.
final class TLSSettings: Sendable {
    private let authorities: String?
    private let context = Guarded<NIOSSLContext?>(nil)

    init(_ settings: DirectSettings) throws(SluiceError) {
        authorities = settings.authorities
        // A wrong file should stop the run before anything is sent, the system's own are read when first needed.
        if settings.authorities != nil { _ = try shared() }
    }

    /// A handler that encrypts one connection to a host and checks that the certificate is this host's.
    func handler(host: String) throws(SluiceError) -> NIOSSLClientHandler {
        let context = try shared()
        // Server Name Indication takes names only (RFC 6066 §3); an address is checked against the certificate as is.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        do {
            return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
        } catch {
            throw SluiceError(.configuration, "no tls for host '\(host)': \(error)")
        }
    }

    private func shared() throws(SluiceError) -> NIOSSLContext {
        try context.withLock { context throws(SluiceError) in
            if let context { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            if let authorities { configuration.trustRoots = .file(authorities) }
            do {
                let made = try NIOSSLContext(configuration: configuration)
                context = made
                return made
            } catch {
                throw SluiceError(
                    .configuration, "cannot read certificates\(authorities.map { " from '\($0)'" } ?? ""): \(error)",
                    hint: "SSL_CERT_FILE and --ca-file take a PEM file")
            }
        }
    }
}
