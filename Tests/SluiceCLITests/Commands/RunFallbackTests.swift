import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// `--fallback`, and chains in `sluice.yaml`.
@Suite struct RunFallbackTests {
    private static func provider(_ model: String) -> SimulatorOptions {
        var options = SimulatorOptions()
        options.models = [model]
        options.latency = .fixed(.milliseconds(5))
        return options
    }

    private static func refusing(_ model: String) -> SimulatorOptions {
        var options = provider(model)
        options.script = [
            FaultRule(.init(prompt: "item-7"), .error(Refusal(400, "too long", code: "context_length_exceeded")))
        ]
        return options
    }

    @Test func `the next model answers what the first cannot, and the summary says so`() async throws {
        var options = Self.refusing("a")
        options.models = ["a", "b"]
        options.script[0].condition.prompt = #""model":"a","messages":[{"role":"user","content":"hello item-7"#
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 20)
            let arguments = [
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "a", "--fallback", "b", "--base-url", simulator.baseURL,
            ]
            let end = try await shell.run(arguments)
            #expect(end.code == 0, "\(end)")
            #expect(end.errors.contains("1 answered by another model"), "\(end.errors)")
            #expect(end.errors.contains("rows that a cannot answer go to b; the first: too long"), "\(end.errors)")
            #expect(await simulator.ledger().count == 21)
            #expect(await simulator.ledger().paid == Array(1...20))
            #expect(try await shell.run(arguments).code == 0)
            #expect(await simulator.ledger().count == 21)
            #expect(try shell.ids() == Array(1...20))
        }
    }

    @Test func `a chain of the configuration goes from provider to provider, by each one's own name`() async throws {
        try await withSimulator(Self.refusing("real-a")) { first in
            try await withSimulator(Self.provider("real-b")) { second in
                let shell = try Shell(rows: 20)
                try TextFile.write(
                    """
                    providers:
                      - {name: near, base_url: "\(first.baseURL)"}
                      - {name: far, base_url: "\(second.baseURL)"}
                    models:
                      there: [far/real-b]
                      safe: {chain: [near/real-a, there]}
                    """, to: shell.folder.file("sluice.yaml"))
                let end = try await shell.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "safe", "--json")
                #expect(end.code == 0, "\(end)")
                #expect(try JSON.parse(Bytes(end.output))["requests"]?["fallback"]?.int == 1)
                #expect(await second.ledger().paid == [7])
                #expect(await first.ledger().paid == (1...20).filter { $0 != 7 })
                let row = try shell.objects("out.jsonl").first { $0["id"]?.string == "7" }
                #expect(row?["sluice"]?["model"]?.string == "real-b")
            }
        }
    }

    @Test(arguments: [
        ("{chain: []}", "'safe' names no model"), ("{chain: [real-a]}", "'real-a' is not PROVIDER/MODEL"),
        ("{chain: [safe]}", "hint: list its models here"), ("{chain: [kept/a]}", "no account of 'kept' has 'a'"),
        ("{chains: [near/a]}", "unknown name 'chains'"), ("{chain: [nera/a]}", "did you mean 'near'?"),
    ])
    func `a chain that cannot be is said with its line`(chain: String, message: String) async throws {
        let shell = try Shell(rows: 1)
        try TextFile.write(
            """
            providers:
              - {name: near, base_url: 'http://127.0.0.1:1/v1'}
              - {name: kept, base_url: 'http://127.0.0.1:1/v1', accounts: [{keys: [key], models: [b]}]}
            models:
              safe: \(chain)
            """, to: shell.folder.file("sluice.yaml"))
        let end = try await shell.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "safe")
        #expect(end.code == 2 && end.errors.contains("sluice.yaml:5") && end.errors.contains(message), "\(end)")
    }
}
