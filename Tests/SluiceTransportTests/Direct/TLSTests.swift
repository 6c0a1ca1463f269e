import SluiceCore
import SluiceTestSupport
import SluiceTransport
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)), .enabled(if: OpenSSL.path != nil, "the openssl command is not installed"))
struct TLSTests {
    /// A moment long before and after which the tests' certificates are valid.
    private static let moment = WallTime(nanoseconds: 4_000_000_000 * 1_000_000_000)

    private func call(
        _ host: String, _ certificate: OpenSSL.Certificate, options: [String] = [], _ tls: TLSOptions = TLSOptions(),
        now: WallTime? = nil
    ) async throws -> Result<Reply, TransportFailure> {
        try await OpenSSL.withServer(certificate, options: options, reply: ok("hello")) { (port) async throws in
            var settings = DirectSettings()
            settings.tls = tls
            if let now { settings.wall = { now } }
            return try await Client.with("https://\(host):\(port)", settings: settings) { (client) async throws in
                await client.send()
            }
        }
    }

    private func trusting(_ certificate: OpenSSL.Certificate) -> TLSOptions {
        var options = TLSOptions()
        options.authorities = [certificate.authority]
        return options
    }

    @Test(
        arguments: [("localhost", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.1"), ("localhost", "DNS:LocalHost")],
        [true, false])
    func `a certificate that the named authorities signed is accepted`(
        host: (name: String, names: String), isSelfSigned: Bool
    ) async throws {
        try await OpenSSL.withCertificate(for: host.names, isSelfSigned: isSelfSigned) { (certificate) async throws in
            let reply = try await call(host.name, certificate, trusting(certificate)).get()
            #expect(reply.body.text == "hello")
        }
    }

    @Test func `a file and a folder of authorities count together, as SSL_CERT_FILE and SSL_CERT_DIR do`() async throws
    {
        try await OpenSSL.withCertificate(for: "DNS:localhost", isSelfSigned: false) { (one) async throws in
            try await OpenSSL.withCertificate(for: "DNS:localhost", isSelfSigned: false) { (other) async throws in
                let folder = TemporaryFolder()
                try OpenSSL.add(other.authority, to: folder)
                var options = trusting(one)
                options.authorities.append(folder.path)
                for certificate in [one, other] {
                    #expect(try await call("localhost", certificate, options).get().body.text == "hello")
                }
            }
        }
    }

    @Test func `a self-signed certificate is refused before anything is sent`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost") { (certificate) async throws in
            let failure = try await refusal(call("localhost", certificate))
            #expect(failure.message.contains("is self-signed and not trusted here"), "\(failure)")
            #expect(failure.hint?.contains("--ca-file") == true)
        }
    }

    @Test func `a certificate of an unknown authority is refused before anything is sent`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost", isSelfSigned: false) { (certificate) async throws in
            let failure = try await refusal(call("localhost", certificate))
            #expect(failure.message.contains("was signed by nobody who is trusted here"), "\(failure)")
        }
    }

    @Test func `an expired certificate is refused, with its day`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost", days: -1, isSelfSigned: false) {
            (certificate) async throws in
            let failure = try await refusal(call("localhost", certificate, trusting(certificate), now: Self.moment))
            #expect(failure.message.contains("expired on 20"), "\(failure)")
            #expect(failure.hint?.contains("clock") == true)
        }
    }

    @Test(arguments: [
        ("localhost", "DNS:elsewhere.example", "is for elsewhere.example, not for localhost"),
        ("127.0.0.1", "DNS:localhost", "is for localhost, not for 127.0.0.1"),
        ("127.0.0.1", "IP:127.0.0.2", "is for 127.0.0.2, not for 127.0.0.1"),
        ("localhost", "IP:127.0.0.1", "is for 127.0.0.1, not for localhost"),
        (
            "localhost", "DNS:elsewhere.example,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1",
            "is for elsewhere.example, 127.0.0.1, 0:0:0:0:0:0:0:1, not for localhost"
        ),
        ("localhost", "email:localhost", "is for another host, not for localhost"),
    ])
    func `a certificate for another host is refused before anything is sent`(
        host: String, names: String, message: String
    ) async throws {
        try await OpenSSL.withCertificate(for: names, isSelfSigned: false) { (certificate) async throws in
            let failure = try await refusal(call(host, certificate, trusting(certificate)))
            #expect(failure.message.contains(message), "\(failure)")
        }
    }

    @Test(arguments: ["-tls1", "-tls1_1"])
    func `a server that speaks only old tls is refused`(version: String) async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost") { (certificate) async throws in
            let options = [version, "-cipher", "DEFAULT@SECLEVEL=0"]
            let failure = try await refusal(call("localhost", certificate, options: options, trusting(certificate)))
            #expect(failure.message.contains("only tls older than 1.2"), "\(failure)")
        }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `a server that asks for a client certificate gets it, and refuses who has none`(version: String) async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost") { (certificate) async throws in
            let options = [version, "-Verify", "1", "-verify_return_error", "-CAfile", certificate.file]
            let failure = try await refusal(call("localhost", certificate, options: options, trusting(certificate)))
            #expect(failure.message.contains("wants a client certificate"), "\(failure)")
            #expect(failure.hint?.contains("--client-cert") == true)
            var identified = trusting(certificate)
            identified.identity = TLSOptions.Identity(certificate: certificate.file, key: certificate.key)
            let reply = try await call("localhost", certificate, options: options, identified).get()
            #expect(reply.body.text == "hello")
        }
    }

    @Test func `nothing is verified where that is switched off`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:elsewhere.example") { (certificate) async throws in
            var options = TLSOptions()
            options.isVerified = false
            #expect(try await call("localhost", certificate, options).get().body.text == "hello")
        }
    }

    @Test func `client certificates that cannot be used stop the start, and the file is named`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:a") { one in
            try await OpenSSL.withCertificate(for: "DNS:b") { other in
                for (certificate, key, file) in [
                    ("/nonexistent.pem", one.key, "/nonexistent.pem"),
                    (one.file, "/nonexistent.pem", "/nonexistent.pem"),
                    (one.file, other.key, other.key), (one.key, one.key, one.key),
                ] {
                    var settings = DirectSettings()
                    settings.tls.identity = TLSOptions.Identity(certificate: certificate, key: key)
                    let error = await #expect(throws: SluiceError.self) { try await DirectTransport.start(settings) }
                    #expect(error?.code == .configuration)
                    #expect(error?.file == file)
                    #expect(error?.hint != nil)
                }
            }
        }
    }

    @Test func `a server without tls is refused`() async throws {
        let server = RawServer { connection in
            connection.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            connection.readRequest()
        }
        defer { server.stop() }
        try await Client.with("https://127.0.0.1:\(server.port)") { (client) async throws in
            let failure = try refusal(await client.send())
            #expect(failure.message.contains("does not speak tls"), "\(failure)")
            #expect(failure.hint?.contains("http://") == true)
        }
    }

    @Test func `a server that ends the handshake may be tried again`() async throws {
        let server = RawServer { _ in }
        defer { server.stop() }
        try await Client.with("https://127.0.0.1:\(server.port)") { client in
            let failure = await client.failure()
            #expect(failure?.kind == .refused, "\(String(describing: failure))")
            #expect(failure?.mayBePaid == false)
        }
    }

    @Test func `a handshake that stalls ends with the connect timeout`() async throws {
        let server = RawServer { connection in connection.readRequest() }
        defer { server.stop() }
        var settings = DirectSettings()
        settings.connectTimeout = .milliseconds(200)
        try await Client.with("https://127.0.0.1:\(server.port)", settings: settings) { (client) async throws in
            let failure = await client.failure()
            #expect(failure?.kind == .connectTimeout)
            #expect(failure?.mayBePaid == false)
        }
    }

    /// Alerts by their numbers (RFC 8446 §6): those that may pass, then those about versions and certificates.
    private static let alerts: [(number: UInt8, kind: TransportFailure.Kind)] = [
        (40, .refused), (80, .refused), (112, .refused), (48, .tls), (70, .tls), (116, .tls),
    ]

    @Test(arguments: alerts)
    func `an alert that may pass is no verdict on tls`(
        alert: (number: UInt8, kind: TransportFailure.Kind)
    ) async throws {
        let server = RawServer { connection in
            connection.readSome()
            // A record of TLS 1.2 with an alert that is fatal.
            connection.send([0x15, 3, 3, 0, 2, 2, alert.number])
            connection.waitForEnd()
        }
        defer { server.stop() }
        try await Client.with("https://127.0.0.1:\(server.port)") { (client) async throws in
            let failure = await client.failure()
            #expect(failure?.kind == alert.kind, "\(String(describing: failure))")
            #expect(failure?.message.contains("127.0.0.1:\(server.port)") == true)
            #expect(failure?.mayBePaid == false)
        }
    }

    /// The failure of a call that must have been refused before its request was sent.
    private func refusal(_ result: Result<Reply, TransportFailure>) throws -> TransportFailure {
        guard case .failure(let failure) = result else {
            throw Unexpected(text: "a reply came")
        }
        #expect(failure.kind == .tls, "\(failure)")
        #expect(!failure.message.contains("\n"))
        return failure
    }

    private struct Unexpected: Error { let text: String }
}
