import Glibc

/// The `openssl` command: makes certificates and serves one reply over TLS.
package struct OpenSSL {
    /// A certificate and its key as PEM files.
    package struct Certificate: Sendable {
        /// The certificate.
        package let file: String
        /// Its private key.
        package let key: String
        /// The certificate of whoever signed it; its own if it is self-signed.
        package let authority: String
    }

    /// Where the command is; nil if it is not installed.
    package static let path: String? = {
        guard let search = getenv("PATH") else { return nil }
        return String(cString: search).split(separator: ":").map { "\($0)/openssl" }.first { access($0, X_OK) == 0 }
    }()

    private let process: pid_t
    private let input: Int32
    private let output: Int32

    /// Starts the command with pipes to and from it.
    private init(_ arguments: [String]) {
        guard let path = OpenSSL.path else { fatalError("no openssl; the test should have been skipped") }
        func pipe() -> (read: Int32, write: Int32) {
            var ends: [Int32] = [-1, -1]
            guard Glibc.pipe(&ends) == 0 else { fatalError("no pipe: \(String(cString: strerror(errno)))") }
            return (ends[0], ends[1])
        }
        let (theirInput, ourInput) = pipe()
        let (ourOutput, theirOutput) = pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, theirInput, 0)
        posix_spawn_file_actions_adddup2(&actions, theirOutput, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // A copy of a pipe or of a socket of another test in the child would keep it from ever being closed.
        for other in 3..<Int32(min(4096, sysconf(Int32(_SC_OPEN_MAX)))) {
            posix_spawn_file_actions_addclose(&actions, other)
        }
        let words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var process = pid_t()
        let failure = posix_spawn(&process, path, &actions, nil, words + [nil], environ)
        guard failure == 0 else { fatalError("openssl did not start: \(String(cString: strerror(failure)))") }
        close(theirInput)
        close(theirOutput)
        self.process = process
        input = ourInput
        output = ourOutput
    }

    /// Ends the command and waits for it; gentler signals are blocked in it as in the threads of tasks.
    private func end(_ number: Int32?) {
        if let number { kill(process, number) }
        close(input)
        close(output)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    /// Reads what the command prints until a part of it satisfies the caller, or the command ends.
    private func readOutput(until isEnough: (String) -> Bool) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !isEnough(String(decoding: bytes, as: UTF8.self)) {
            let count = read(output, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Lends a certificate for some names (`DNS:a,IP:1.2.3.4`), signed by itself or by an authority.
    /// - Parameter days: How long it is valid from now; less than nothing makes one that has expired.
    package static func withCertificate<R>(
        for names: String, days: Int = 2, isSelfSigned: Bool = true, _ body: (Certificate) async throws -> R
    ) async throws -> R {
        let folder = TemporaryFolder()
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        let made = Certificate(
            file: folder.file("certificate.pem"), key: folder.file("key.pem"),
            authority: folder.file(isSelfSigned ? "certificate.pem" : "authority.pem"))
        let own = ["-keyout", made.key, "-subj", "/CN=sluice test", "-addext", "subjectAltName=\(names)"]
        if isSelfSigned {
            run(["req", "-x509", "-out", made.file, "-days", "\(days)"] + curve + own)
        } else {
            let (request, signer) = (folder.file("request.pem"), folder.file("signer.pem"))
            // Authorities are found by their names.
            let name = "/CN=authority \(UInt64.random(in: 0...UInt64.max))"
            run(["req", "-x509", "-out", made.authority, "-days", "2", "-keyout", signer, "-subj", name] + curve)
            run(["req", "-new", "-out", request] + curve + own)
            run([
                "x509", "-req", "-in", request, "-CA", made.authority, "-CAkey", signer, "-CAcreateserial",
                "-copy_extensions", "copyall", "-days", "\(days)", "-out", made.file,
            ])
        }
        defer { withExtendedLifetime(folder) {} }
        return try await body(made)
    }

    /// Puts an authority's certificate into a folder and its hash beside it, as SSL_CERT_DIR wants it.
    package static func add(_ authority: String, to folder: TemporaryFolder) throws {
        try TextFile.write(TextFile.read(authority), to: folder.file("authority.pem"))
        run(["rehash", folder.path])
    }

    private static func run(_ arguments: [String]) {
        let command = OpenSSL(arguments)
        _ = command.readOutput { _ in false }
        command.end(nil)
    }

    /// Lends the port of a server that answers one request over TLS with a text.
    /// - Parameter options: Further options of `s_server`.
    package static func withServer<R>(
        _ certificate: Certificate, options: [String] = [], reply: String, _ body: (_ port: Int) async throws -> R
    ) async throws -> R {
        let command = OpenSSL(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate.file, "-key", certificate.key] + options)
        defer { command.end(SIGKILL) }
        let start = command.readOutput { $0.contains("ACCEPT 127.0.0.1:") && $0.hasSuffix("\n") }
        guard let mark = start.indexBehind("ACCEPT 127.0.0.1:"), let port = Int(start[mark...].prefix { $0.isNumber })
        else { fatalError("openssl did not say where it listens: \(start)") }
        // What it decrypts comes out between its own messages, and what it is given goes to the client.
        let thread = startThread {
            let isRequest = { (text: String) in
                text.contains("\r\n\r\n{") || text.contains("GET /") && text.contains("\r\n\r\n")
            }
            guard isRequest(command.readOutput(until: isRequest)) else { return }
            let bytes = Array(reply.utf8)
            _ = write(command.input, bytes, bytes.count)
        }
        do {
            let result = try await body(port)
            kill(command.process, SIGKILL)
            pthread_join(thread, nil)
            return result
        } catch {
            kill(command.process, SIGKILL)
            pthread_join(thread, nil)
            throw error
        }
    }
}

extension String {
    /// The index behind the first occurrence of a text.
    package func indexBehind(_ text: String) -> Index? {
        guard let found = utf8.indices.first(where: { utf8[$0...].starts(with: text.utf8) }) else { return nil }
        return utf8.index(found, offsetBy: text.utf8.count)
    }
}
