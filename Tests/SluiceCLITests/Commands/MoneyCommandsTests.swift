import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct MoneyCommandsTests {
    private static let prices = """
        prices:
          m: {input: 0.01, output: 10, context: 1000, max_output: 46}
        """

    @Test func `a budget ends a run with 4 and says how to go on, and status knows what was spent`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 100)
            try shell.write([Self.prices], to: "sluice.yaml")
            let arguments = ["run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL]
            let end = try await shell.pipe(
                "$sluice \(arguments.joined(separator: " ")) --max-cost '$0.01' --json")
            #expect(end.code == 4, "\(end)")
            #expect(end.errors.contains("of $0.01 is spent"))
            #expect(end.errors.contains("larger --max-cost"))
            #expect(end.errorLines.count <= 8, "\(end.errors)")
            let summary = try JSON.parse(Bytes(end.output))
            #expect(summary["stopped"]?.string == "budget")
            let cost = try #require(summary["cost"]?["answers"]?.double)
            #expect(cost > 0.009 && cost <= 0.01)
            #expect(summary["cost"]?["spent"]?.double == cost)
            let status = try await shell.run("status", "out.jsonl")
            #expect(status.output.contains("cost: $0.009"), "\(status)")
            #expect(status.output.contains("of $0.01 spent in all runs"))
        }
    }

    @Test func `an estimate needs no key, knows what is done and has the prices beside`() async throws {
        let shell = try Shell(rows: 10)
        let end = try await shell.run("estimate", "in.jsonl", "-m", "gpt-4o-mini", "--rpm", "5")
        #expect(end.code == 0, "\(end)")
        #expect(end.output.contains("rows: 0 done, 10 to do"))
        #expect(end.output.contains("cost: about $0.003"))
        #expect(end.output.contains("in batches"))
        #expect(end.output.contains("time: at least 2m"))
        #expect(end.output.contains("requests/min"))
        let json = try await shell.run("estimate", "in.jsonl", "-m", "gpt-4o-mini", "--json")
        #expect(try JSON.parse(Bytes(json.output))["to_do"]?.int == 10)
        let budget = try await shell.run("estimate", "in.jsonl", "-m", "gpt-4o-mini", "--max-cost", "0.001")
        #expect(budget.output.contains("would end the run before its last row"))
    }

    @Test func `models are listed, and prices of the configuration and of a newer list go over them`() async throws {
        let shell = try Shell()
        let listed = try await shell.run("models", "gpt-4o-mini")
        #expect(listed.output.contains("gpt-4o-mini"))
        #expect(listed.output.contains("0.15"))
        let dated = try await shell.run("models", "openai/gpt-4.1-mini-2031-01-02", "--json")
        #expect(try JSON.parse(Bytes(dated.output))["name"]?.string == "gpt-4.1-mini", "\(dated)")
        let unknown = try await shell.run("models", "nobody-has-this")
        #expect(unknown.code == 2)

        let list =
            #"{"brand-new":{"mode":"chat","litellm_provider":"p","max_input_tokens":5,"#
            + #""input_cost_per_token":1e-06,"output_cost_per_token":2e-06}}"#
        try shell.write([list], to: "list.json")
        let update = try await shell.run("pricing", "update", "--from", "list.json")
        #expect(update.code == 0, "\(update)")
        #expect(try await shell.run("models", "brand-new").output.contains("brand-new"))
        #expect(try await shell.run("models", "gpt-4o-mini").code == 0)

        try shell.write(["prices:", "  brand-new: {input: 7, output: 8}"], to: "sluice.yaml")
        #expect(try await shell.run("models", "brand-new", "--json").output.contains(#""input":7"#))
        try shell.write(["prices:", "  brand-new: {inptu: 7}"], to: "sluice.yaml")
        let mistyped = try await shell.run("models", "brand-new")
        #expect(mistyped.errors.contains("sluice.yaml:2: unknown name 'inptu'"), "\(mistyped)")
        let fetched = try await shell.run("pricing", "update", "--from", "https://example.com/list.json")
        #expect(fetched.code == 64)
    }

    @Test(arguments: [
        ["--max-cost", "0"], ["--max-cost", "many"], ["--on-too-long", "cut"], ["--on-too-long", "model:"],
    ])
    func `values that make no sense are refused`(flags: [String]) async throws {
        let shell = try Shell(rows: 1)
        let end = try await shell.pipe(
            "$sluice run in.jsonl -o o.jsonl -m m --base-url http://127.0.0.1:9/v1 \(flags.joined(separator: " "))")
        #expect(end.code == 64, "\(end)")
    }
}
