import Glibc
import SluiceSimulator
import SluiceTestSupport
import Testing

/// What people see of `sluice run` when a connection cannot be trusted; each end to end, as processes.
@Suite(.serialized, .timeLimit(.minutes(2)), .enabled(if: OpenSSL.path != nil, "the openssl command is not installed"))
struct RunConnectionTests {
    private static let answer = #"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#
    private static let reply =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
        + "content-length: \(answer.utf8.count)\r\n\r\n\(answer)"

    /// Runs one row against an OpenSSL server.
    private func run(
        _ certificate: OpenSSL.Certificate, host: String = "localhost", options: [String] = [],
        _ flags: String..., variables: [String: String] = [:]
    ) async throws -> ChildProcess.Outcome {
        try await OpenSSL.withServer(certificate, options: options, reply: Self.reply) { (port) async throws in
            var shell = try Shell(rows: 1)
            shell.environment = variables
            shell.environment["OPENAI_API_KEY"] = "sk-canary-7351"
            let words = ["run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", "https://\(host):\(port)/v1"]
            let end = try await shell.pipe(
                (["\"$sluice\""] + (words + flags).map { "'\($0)'" }).joined(separator: " "))
            #expect(!(end.errors + end.output).contains("canary"))
            return end
        }
    }

    private func expectRefused(_ end: ChildProcess.Outcome, _ message: String, hint: String) {
        #expect(end.code == 2, "\(end)")
        let lines = end.errorLines
        let error = lines.first { $0.hasPrefix("error: ") }
        #expect(error?.contains(message) == true, "\(end.errors)")
        #expect(lines.contains { $0.hasPrefix("hint: ") && $0.contains(hint) }, "\(end.errors)")
    }

    @Test func `a certificate for another host is refused`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:other.example", isSelfSigned: false) { (made) async throws in
            expectRefused(
                try await run(made, "--ca-file", made.authority), "is for other.example, not for localhost",
                hint: "--base-url")
        }
    }

    @Test func `an expired certificate is refused`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost", days: -1, isSelfSigned: false) { (made) async throws in
            expectRefused(try await run(made, "--ca-file", made.authority), "expired on 20", hint: "clock")
        }
    }

    @Test func `a self-signed certificate is refused, and accepted where it is named`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost") { (made) async throws in
            expectRefused(try await run(made), "is self-signed and not trusted here", hint: "--ca-file")
            #expect(try await run(made, "--ca-file", made.file).code == 0)
            #expect(try await run(made, variables: ["SSL_CERT_FILE": made.file]).code == 0)
        }
    }

    @Test func `variables that name no authorities matter only where tls is spoken`() async throws {
        let wrong = ["SSL_CERT_FILE": "/nonexistent/a.pem", "SSL_CERT_DIR": "/nonexistent/b"]
        try await withSimulator { (simulator) async throws in
            var shell = try Shell(rows: 1)
            shell.environment = wrong
            let words = ["run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL]
            let plain = try await shell.pipe((["\"$sluice\""] + words.map { "'\($0)'" }).joined(separator: " "))
            #expect(plain.code == 0, "\(plain)")
        }
        try await OpenSSL.withCertificate(for: "DNS:localhost") { (made) async throws in
            expectRefused(
                try await run(made, variables: wrong), "from '/nonexistent/a.pem': no such file", hint: "SSL_CERT_FILE")
            #expect(try await run(made, "--ca-file", made.file, variables: wrong).code == 0)
            let folder = TemporaryFolder()
            try TextFile.write(TextFile.read(made.file), to: folder.file("authority.pem"))
            expectRefused(try await run(made, "--ca-file", folder.path), "named after a hash", hint: "openssl rehash")
        }
    }

    @Test func `an unknown authority is refused, and accepted where it is named`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost", isSelfSigned: false) { (made) async throws in
            expectRefused(try await run(made), "was signed by nobody who is trusted here", hint: "SSL_CERT_FILE")
            #expect(try await run(made, variables: ["SSL_CERT_FILE": made.authority]).code == 0)
        }
    }

    @Test(arguments: ["-tls1", "-tls1_1"])
    func `a server with old tls only is refused`(version: String) async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost") { (made) async throws in
            let end = try await run(
                made, options: [version, "-cipher", "DEFAULT@SECLEVEL=0"], "--ca-file", made.file)
            expectRefused(end, "speaks only tls older than 1.2", hint: "tls 1.2 or 1.3")
        }
    }

    @Test func `a server that wants a client certificate gets the one that is named`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:localhost") { (made) async throws in
            let options = ["-Verify", "1", "-verify_return_error", "-CAfile", made.file]
            expectRefused(
                try await run(made, options: options, "--ca-file", made.file), "wants a client certificate",
                hint: "--client-cert")
            let end = try await run(
                made, options: options, "--ca-file", made.file, "--client-cert", made.file, "--client-key", made.key)
            #expect(end.code == 0, "\(end)")
        }
    }

    @Test func `insecure is quiet on this machine`() async throws {
        try await OpenSSL.withCertificate(for: "DNS:other.example") { (made) async throws in
            let end = try await run(made, "--insecure")
            #expect(end.code == 0, "\(end)")
            #expect(!end.errors.contains("warning"))
        }
    }

    @Test func `insecure beyond this machine warns before and after`() async throws {
        let shell = try Shell(rows: 1)
        let end = try await shell.run(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", "https://no-such-host.invalid/v1",
            "--insecure", "--wait-ready", "1s", "--progress", "always")
        #expect(end.code == 2, "\(end)")
        #expect(
            end.errorLines.count { $0.hasPrefix("warning: --insecure") && $0.contains("no-such-host.invalid") } == 2)
    }

    @Test func `a redirect to another origin is not followed, and its host is named`() async throws {
        let thief = KeyEchoServer(status: 400, code: "x")
        defer { thief.stop() }
        let target = "http://127.0.0.1:\(thief.port)/v1/chat/completions"
        let server = KeyEchoServer(status: 307, code: "x", header: "location: \(target)")
        defer { server.stop() }
        var shell = try Shell(rows: 1)
        shell.environment["OPENAI_API_KEY"] = "sk-canary-7351"
        let end = try await shell.run(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", "http://127.0.0.1:\(server.port)/v1")
        expectRefused(
            end, "http 307 redirects to 127.0.0.1:\(thief.port); a key is never sent on",
            hint: "--base-url http://127.0.0.1:\(thief.port)/v1")
        #expect(thief.count == 0)
    }

    @Test func `with a small limit of files fewer slots run, and it is said`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 400)
            let end = try await shell.pipe(
                "ulimit -n 260; \"$sluice\" run in.jsonl -o out.jsonl -m m -c 5000 --base-url $url",
                ["url": simulator.baseURL])
            #expect(end.code == 0, "\(end)")
            #expect(end.errors.contains("-c 5000 is lowered to 60"), "\(end.errors)")
            #expect(try shell.ids() == Array(1...400))
        }
    }

    @Test(arguments: ["100", "20KiB", "1GiB"])
    func `whatever the memory, every row has its turn`(memory: String) async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 300)
            let end = try await shell.run(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "-c", "50", "--max-memory", memory, "--base-url",
                simulator.baseURL)
            #expect(end.code == 0, "\(end)")
            #expect(try shell.ids() == Array(1...300))
        }
    }

    /// Waits for a process's end, and looks all the time at the most memory that it has had so far, in bytes.
    private func watched(_ process: ChildProcess) async throws -> (end: ChildProcess.Outcome, memory: Int) {
        async let end = process.outcome()
        var most = 0
        let hasEnded = await Deadline.wait(seconds: 100) {
            guard let memory = process.memory else { return true }
            most = memory
            return false
        }
        #expect(hasEnded)
        return (await end, most)
    }

    @Test func `large answers that come all at once keep to the memory`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(nth: 41...80), .size(6_000_000))]
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 40)
            func run(_ output: String) async throws -> (end: ChildProcess.Outcome, memory: Int) {
                try await watched(
                    shell.start(
                        "run", "in.jsonl", "-o", output, "-m", "m", "-c", "40", "--max-memory", "60MB", "--base-url",
                        simulator.baseURL))
            }
            let small = try await run("small.jsonl")
            #expect(small.end.code == 0 && small.memory > 0, "\(small)")
            let large = try await run("out.jsonl")
            #expect(large.end.code == 0, "\(large)")
            #expect(try shell.ids() == Array(1...40))
            // Without a bound 40 answers of 6 MB are 240 MB before a line is made of any.
            #expect(large.memory < small.memory + 80_000_000, "\(large.memory) and \(small.memory) bytes")
        }
    }

    @Test(arguments: [
        (["--client-key", "k.pem"], 64 as Int32, "--client-cert"), (["--max-memory", "much"], 64, "'much'"),
        (["--max-response", "2GiB"], 64, "1GiB"), (["--param", "stream=true"], 64, "'stream' cannot be set"),
        (["--ca-file", "/nonexistent"], 2, "'/nonexistent'"),
    ])
    func `what cannot be meant is refused before anything is sent`(flags: [String], code: Int32, text: String)
        async throws
    {
        let shell = try Shell(rows: 1)
        let quoted = flags.map { "'\($0)'" }.joined(separator: " ")
        let end = try await shell.pipe(
            "\"$sluice\" run in.jsonl -o out.jsonl -m m --base-url https://127.0.0.1:1 " + quoted)
        #expect(end.code == code, "\(end)")
        #expect(end.errors.contains(text), "\(end.errors)")
    }
}
