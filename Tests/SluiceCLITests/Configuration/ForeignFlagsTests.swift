import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct ForeignFlagsTests {
    /// Request bodies as the cookbook's script takes them, some with metadata.
    private static let requests = (1...6).map { number in
        let metadata = number.isMultiple(of: 2) ? #","metadata":{"row":\#(number)}"# : ""
        return #"{"model":"m","messages":[{"role":"user","content":"item-\#(number)"}],"temperature":0\#(metadata)}"#
    }

    private func lists(_ name: String, _ shell: Shell) throws -> [JSON] {
        try TextFile.lines(shell.folder.file(name)).map { try JSON.parse(Bytes($0)) }
    }

    @Test func `the command line of a script around the cookbook's program works as it is`() async throws {
        try await withSimulator { simulator in
            var shell = try Shell()
            shell.environment["url"] = simulator.baseURL + "/chat/completions"
            try shell.write(Self.requests, to: "requests.jsonl")
            let end = try await shell.pipe(
                """
                my_request_file="requests.jsonl"
                my_save_file="results.jsonl"
                "$sluice" run \\
                --requests_filepath "${my_request_file}" \\
                --save_filepath "${my_save_file}" \\
                --request_url "${url}" \\
                --api_key "sk-of-the-script-0007" \\
                --max_requests_per_minute 30000 \\
                --max_tokens_per_minute 3000000 \\
                --seconds_to_sleep_each_loop 0.3 \\
                --token_encoding_name cl100k_base \\
                --max_attempts 5 \\
                --logging_level 20 \\
                --json
                """)
            #expect(end.code == 0, "\(end)")
            let results = try lists("results.jsonl", shell)
            #expect(results.map { $0.elements.count } == [2, 3, 2, 3, 2, 3])
            #expect(results.map { $0.elements[0]["temperature"]?.int } == [0, 0, 0, 0, 0, 0])
            #expect(results.allSatisfy { $0.elements[1]["choices"]?.elements.count == 1 })
            #expect(results.compactMap { $0.elements.dropFirst(2).first?["row"]?.int } == [2, 4, 6])
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...6))
            #expect(ledger.keys == ["…0007"])
            #expect(ledger.allSatisfy { $0.path == "/v1/chat/completions" })
            // Five pauses between six requests.
            let seconds = try #require(JSON.parse(Bytes(end.output))["seconds"]?.double)
            #expect(seconds >= 5 * 0.3)
            #expect(!end.errors.contains("sk-of-the-script"))
        }
    }

    @Test func `results go where the cookbook's program puts them, and an embedding's address selects embeddings`()
        async throws
    {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write([#"{"model":"e","input":"item-1"}"#], to: "requests.jsonl")
            let end = try await shell.run(
                "run", "--requests_filepath", "requests.jsonl", "--request_url", simulator.baseURL + "/embeddings",
                "--logging_level", "40")
            #expect(end.code == 0, "\(end)")
            #expect(try lists("requests_results.jsonl", shell).map(\.elements.count) == [2])
            #expect(await simulator.ledger().map(\.path) == ["/v1/embeddings"])
        }
    }

    @Test func `the command line of lmclient's script works with its prompt`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(400))
        try await withSimulator(options) { simulator in
            let shell = try Shell()
            try shell.write((1...9).map { #"{"text":"item-\#($0)"}"# }, to: "translate_input.jsonl")
            let end = try await shell.run(
                "run", "translate_input.jsonl", "translate_output.jsonl", "--model-name", "gpt-3.5-turbo",
                "--max-requests-per-minute", "60000", "--async-capacity", "3", "--error-mode", "ignore", "--timeout",
                "20",
                "--prompt", "translate following sentence to chinese\nsentence: {{text}}\ntranslation: ",
                "--into", "translation", "--base-url", simulator.baseURL)
            #expect(end.code == 0, "\(end)")
            let rows = try shell.objects("translate_output.jsonl")
            #expect(rows.count == 9)
            #expect(rows.allSatisfy { $0["translation"]?.string?.isEmpty == false && $0["text"] != nil })
            #expect(simulator.counts().mostInFlight == 3)
            #expect(await simulator.ledger().allSatisfy { $0.path == "/v1/chat/completions" })
        }
    }

    @Test func `error mode raise ends the run at the first failed row`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try shell.write(["{bad", Shell.prompt(2)], to: "in.jsonl")
            let end = try await shell.run(
                "run", "in.jsonl", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "--error-mode", "raise",
                "--async-capacity", "1")
            #expect(end.code == 1, "\(end)")
            #expect(end.errors.contains("1 failed, 1 left"), "\(end.errors)")
        }
    }

    @Test(arguments: [
        (["in.jsonl", "a.jsonl", "-o", "b.jsonl"], "-o and the second path"),
        (["in.jsonl", "--requests_filepath", "other.jsonl"], "INPUT and --requests_filepath"),
        (
            ["in.jsonl", "-o", "o", "--rpm", "6", "--max_requests_per_minute", "7"],
            "--rpm and --max_requests_per_minute"
        ),
        (["in.jsonl", "-o", "o", "--request_url", "https://host/claude"], "https://host/claude"),
        (["in.jsonl", "-o", "o", "--token_encoding_name", "cl200k"], "cl100k_base"),
        (["in.jsonl", "-o", "o", "--seconds_to_sleep_each_loop=-1"], "number of seconds"),
    ])
    func `what contradicts itself or cannot be meant is refused`(arguments: [String], text: String) async throws {
        let shell = try Shell(rows: 1)
        let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
        let end = try await shell.pipe("\"$sluice\" run -m m " + quoted)
        #expect(end.code == 64, "\(end)")
        #expect(end.errors.contains(text), "\(end.errors)")
    }

    @Test func `help does not show them`() async throws {
        let help = try await Shell().run("run", "--help").output
        #expect(help.contains("--max-attempts"))
        for flag in ["requests_filepath", "max_attempts", "async-capacity", "model-name", "second-path"] {
            #expect(!help.contains(flag))
        }
    }
}
