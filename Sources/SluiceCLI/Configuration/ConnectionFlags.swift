internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// Flags that say how connections are made, and whom they trust.
struct ConnectionFlags: ParsableArguments {
    @Option(name: .long, help: "Longest time to a connection, handshake included (default 5s).", transform: Flags.span)
    var connectTimeout: TimeSpan?

    @Option(
        name: .long,
        help: "Longest time from the end of the request to the first byte of its reply (default: that of --timeout).",
        transform: Flags.span)
    var firstByteTimeout: TimeSpan?

    @Option(name: .long, help: "Longest pause inside a reply (default: that of --timeout).", transform: Flags.span)
    var idleTimeout: TimeSpan?

    @Option(name: .long, help: "Largest reply, like 32MiB (the default).", transform: Flags.responseSize)
    var maxResponse: Int?

    @Option(
        name: .long, help: "Memory for rows and answers in flight, like 1GiB (the default); more waits.",
        transform: Flags.bytes)
    var maxMemory: Int?

    @Option(
        name: .long, help: "PEM file of the authorities to trust (SSL_CERT_FILE, SSL_CERT_DIR).", completion: .file())
    var caFile: String?

    @Option(name: .long, help: "PEM file with a client certificate, for servers that want one.", completion: .file())
    var clientCert: String?

    @Option(name: .long, help: "PEM file with its key (default: the file of --client-cert).", completion: .file())
    var clientKey: String?

    @Flag(name: .long, help: "Do not verify certificates: anybody on the way can read the key and the rows.")
    var insecure = false

    /// - Throws: ``SluiceError`` if flags contradict each other.
    func apply(to options: inout RunOptions) throws(SluiceError) {
        if let connectTimeout { options.connection.connectTimeout = connectTimeout }
        options.connection.firstByteTimeout = firstByteTimeout
        options.connection.idleTimeout = idleTimeout
        if let maxResponse { options.connection.maxResponse = maxResponse }
        if let maxMemory { options.maxMemory = maxMemory }
        options.connection.authorities = Self.authorities(caFile)
        options.connection.checksUnusedAuthorities = caFile != nil
        options.connection.isInsecure = insecure
        if clientCert == nil, clientKey != nil {
            throw SluiceError(.usage, "--client-key without --client-cert", hint: "name the certificate's file too")
        }
        options.connection.identity = clientCert.map { .init(certificate: $0, key: clientKey ?? $0) }
    }

    /// The flag counts alone; the variables together, as OpenSSL has them.
    static func authorities(_ caFile: String?) -> [String] {
        if let caFile { return [caFile] }
        let folders = ProcessEnvironment["SSL_CERT_DIR"]?.split(separator: ":").map(String.init) ?? []
        let file = ProcessEnvironment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        return (file.map { [$0] } ?? []) + folders
    }
}
