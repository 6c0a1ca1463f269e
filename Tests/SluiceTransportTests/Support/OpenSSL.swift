import Glibc

/// The `openssl` command: makes certificates and serves one reply over TLS.
struct OpenSSL {
    /// Where the command is; nil if it is not installed.
    static let path: String? = {
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

    /// Lends a certificate for some names (`DNS:a,IP:1.2.3.4`), signed by itself, and its key, as PEM files.
    static func withCertificate<R>(for names: String, _ body: (_ certificate: String, _ key: String) async throws -> R)
        async throws -> R
    {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/sluice-tls-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary folder") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let (certificate, key) = ("\(folder)/certificate.pem", "\(folder)/key.pem")
        defer {
            unlink(certificate)
            unlink(key)
            rmdir(folder)
        }
        let command = OpenSSL([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
            "-out", certificate, "-days", "2", "-subj", "/CN=sluice test", "-addext", "subjectAltName=\(names)",
        ])
        _ = command.readOutput { _ in false }
        command.end(nil)
        return try await body(certificate, key)
    }

    /// Lends the port of a server that answers one request over TLS with a text.
    static func withServer<R>(certificate: String, key: String, reply: String, _ body: (_ port: Int) async throws -> R)
        async throws -> R
    {
        let command = OpenSSL(["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key])
        defer { command.end(SIGKILL) }
        let start = command.readOutput { $0.contains("ACCEPT 127.0.0.1:") && $0.hasSuffix("\n") }
        guard let mark = start.range(ofText: "ACCEPT 127.0.0.1:"), let port = Int(start[mark...].prefix { $0.isNumber })
        else { fatalError("openssl did not say where it listens: \(start)") }
        // What it decrypts comes out between its own messages, and what it is given goes to the client.
        let thread = startThread {
            guard command.readOutput(until: { $0.contains("\r\n\r\n{}") }).contains("\r\n\r\n{}") else { return }
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
