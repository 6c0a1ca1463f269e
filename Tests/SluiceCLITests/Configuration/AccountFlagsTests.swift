import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct AccountFlagsTests {
    /// The ends of the keys that a provider sees when a run gets its keys in a certain way.
    private func keys(
        _ environment: [String: String] = [:], files: [String: String] = [:], _ flags: String = ""
    ) async throws -> [String] {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(10))
        return try await withSimulator(options) { simulator in
            var shell = try Shell(rows: 12)
            shell.environment = environment
            for (name, text) in files { try TextFile.write(text, to: shell.folder.file(name)) }
            let end = try await shell.pipe(
                "chmod 600 *; \"$sluice\" run in.jsonl -o out.jsonl -m m --base-url $url \(flags)",
                ["url": simulator.baseURL])
            #expect(end.code == 0, "\(end)")
            return await simulator.ledger().keys
        }
    }

    @Test func `a key comes from the variable that everybody knows`() async throws {
        #expect(try await keys(["OPENAI_API_KEY": "sk-environment-0001"]) == ["…0001"])
    }

    @Test func `several keys come from one variable and are all used`() async throws {
        #expect(
            try await keys(["OPENAI_API_KEYS": "sk-environment-0001, sk-environment-0002\nsk-environment-0003"])
                == ["…0001", "…0002", "…0003"])
    }

    @Test func `another variable can be named`() async throws {
        #expect(
            try await keys(
                ["OPENAI_API_KEY": "sk-environment-0001", "MINE": "sk-mine-000000-0009"], "--api-key-env MINE")
                == ["…0009"])
    }

    @Test func `keys come from a file, comments left out`() async throws {
        let file = "# mine\nsk-from-a-file-0005\n\nsk-from-a-file-0006\n"
        #expect(try await keys(files: ["keys.txt": file], "--api-key-file keys.txt") == ["…0005", "…0006"])
    }

    @Test func `a server of one's own gets no key when there is none`() async throws {
        #expect(try await keys() == [""])
    }

    @Test func `a key file that others can read is warned of`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 1)
            try TextFile.write("sk-from-a-file-0005", to: shell.folder.file("keys.txt"))
            let end = try await shell.pipe(
                "chmod 644 keys.txt; \"$sluice\" run in.jsonl -o o.jsonl -m m --base-url $url --api-key-file keys.txt",
                ["url": simulator.baseURL])
            #expect(end.code == 0)
            #expect(end.errors.contains("warning: keys.txt can be read by others"))
        }
    }

    @Test func `a key is not sent in the clear to a stranger`() async throws {
        var shell = try Shell(rows: 1)
        shell.environment["OPENAI_API_KEY"] = "sk-environment-0001"
        let end = try await shell.run(
            "run", "in.jsonl", "-o", "o.jsonl", "-m", "m", "--base-url", "http://192.0.2.1/v1")
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.contains("in the clear"))
        #expect(end.errors.contains("--allow-http"))
    }

    @Test func `a variable that is not set is said`() async throws {
        let end = try await Shell(rows: 1).run(
            "run", "in.jsonl", "-o", "o.jsonl", "-m", "m", "--base-url", "http://127.0.0.1:1", "--api-key-env", "NONE")
        #expect(end.code == 2, "\(end)")
        #expect(end.errors.contains("the variable NONE is not set"))
    }

    @Test(arguments: [(401, "invalid_api_key", Int32(2)), (400, "invalid_value", 1), (500, "server_error", 1)])
    func `a key that the server repeats is found nowhere`(status: Int, code: String, exit: Int32) async throws {
        let canary = "sk-canary-7f3a9c51e2d84b60"
        let server = KeyEchoServer(status: status, code: code)
        defer { server.stop() }
        try #require(server.port > 0)
        var shell = try Shell(rows: 3)
        shell.environment["OPENAI_API_KEY"] = canary
        let url = "http://127.0.0.1:\(server.port)/v1"
        let end = try await shell.run(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", url, "--max-attempts", "2")
        #expect(end.code == exit, "\(end)")
        #expect(server.count > 0)
        #expect(end.errors.contains("‹secret›"))
        // The streams are files of the folder as well.
        let files = shell.folder.files
        #expect(files.count >= 4)
        for file in files {
            #expect(!String(decoding: TextFile.read(file), as: UTF8.self).contains(canary), "\(file)")
        }
    }

    private static let filler = String(repeating: "a", count: 470)

    @Test(
        arguments: [
            (400, #"{"error":{"code":"bad KEY","message":"m"}}"#, nil),
            (400, #"{"error":{"type":"bad KEY","message":"m"}}"#, nil),
            (400, #"{"error":{"message":"\#(filler) KEY"}}"#, nil), (400, "\(filler) KEY and more", nil),
            (307, "", "location: http://x.example/\(filler.prefix(250))KEY/v1"),
            (200, #"{"choices":[{"message":{"content":"a"}}],"model":"KEY"}"#, nil),
            (200, #"{"choices":[{"message":{"content":"a"},"finish_reason":"KEY"}]}"#, nil),
            (200, #"{"choices":[{"message":{"content":"you sent Bearer KEY"}}]}"#, nil),
        ] as [(Int, String, String?)])
    func `a key is found nowhere, wherever in a reply the server repeats it`(
        status: Int, body: String, header: String?
    ) async throws {
        let canary = "sk-canary-7f3a9c51e2d84b60-0123456789abcdefghijklmnop"
        let server = KeyEchoServer(status: status, header: header, body: body)
        defer { server.stop() }
        try #require(server.port > 0)
        var shell = try Shell(rows: 3)
        shell.environment["OPENAI_API_KEY"] = canary
        let end = try await shell.run(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", "http://127.0.0.1:\(server.port)/v1",
            "--save", "response")
        #expect(server.count > 0, "\(end)")
        if status == 200 {
            #expect(end.code == 0, "\(end)")
            let lines = try TextFile.lines(shell.folder.file("out.jsonl"))
            #expect(lines.count == 3 && lines.allSatisfy { $0.contains("‹secret›") }, "\(lines)")
        }
        for file in shell.folder.files {
            let text = String(decoding: TextFile.read(file), as: UTF8.self)
            #expect(!text.contains(canary.prefix(12)) && !text.contains(canary.suffix(12)), "\(file)")
        }
    }
}
