import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct MoneyCommandsTests {
    private static let prices = """
        prices:
          m: {input: 0.01, output: 10, context: 1000, max_output: 46}
        """

    /// The date in so many days, in UTC: `2026-11-21`.
    private static func day(_ days: Int) -> String {
        let moment = Environment.live.now().wall.nanoseconds + Int64(days) * 86_400_000_000_000
        return String(WallTime(nanoseconds: moment).text.prefix(10))
    }

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

    @Test(arguments: ["out.jsonl", "out.csv"])
    func `killed again and again, all runs together never pass the budget`(output: String) async throws {
        var options = SimulatorOptions()
        // Of every sixteen requests the last four keep their answers, and with them the run's four slots: however late
        // the kill comes, it meets the run on its way.
        options.script = (1...4).map { run in
            FaultRule(.init(nth: run * 16 - 3...run * 16), .stall(.body, .seconds(3600)))
        }
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 300)
            try shell.write([Self.prices], to: "sluice.yaml")
            // 46 tokens at 10 dollars for a million: 460 microdollars for an answer, 108 of them for 0.05.
            let line =
                "exec $sluice run in.jsonl -o \(output) -m m --base-url \(simulator.baseURL) -c 4 --max-cost 0.05 -q"
            for kill in 1...4 {
                let process = try shell.startPipe(line)
                #expect(await Deadline.wait { simulator.counts().requests >= kill * 16 })
                process.signal(9)
                #expect(await process.outcome().code == -9)
            }
            #expect(await Deadline.wait { simulator.counts().inFlight == 0 })
            let end = try await shell.pipe(line + " --json")
            #expect(end.code == 4, "\(end)")
            // What the provider has charged, whether it arrived or not.
            let answers = await simulator.ledger().count { $0.status == 200 }
            #expect(answers * 460 <= 50_000, "\(answers) answers")
            // Not much of it is given up: for each kill as much again as was in flight.
            #expect(answers >= 108 - 4 * 5, "\(answers) answers")
            let spent = try #require(JSON.parse(Bytes(end.output))["cost"]?["spent"]?.double)
            #expect(spent <= 0.05 && spent >= Double(answers) * 0.00046)
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
        let half = try await shell.run(
            "estimate", "in.jsonl", "-m", "gpt-4o-mini", "--rpm", "5", "--share-limits", "0/2")
        #expect(half.output.contains("time: at least 4m"), "\(half)")
        let json = try await shell.run("estimate", "in.jsonl", "-m", "gpt-4o-mini", "--json")
        #expect(try JSON.parse(Bytes(json.output))["to_do"]?.int == 10)
        let budget = try await shell.run("estimate", "in.jsonl", "-m", "gpt-4o-mini", "--max-cost", "0.001")
        #expect(budget.output.contains("would end the run before its last row"))
    }

    @Test func `an estimate takes the arguments of a run as they are, and a dry run gives the same`() async throws {
        let shell = try Shell()
        try shell.write(["text", "good", "bad"], to: "in.csv")
        let flags =
            "in.csv -o out.csv -m gpt-4o-mini --prompt 'Say {{text}}' --into mood --columns a,b --max-attempts 3 --redo"
            + " --rpm 5 --tpm 1k --max-cost 5 --on-too-long truncate -c 7 --quiet --shard 0/1 --timeout 3s"
        let end = try await shell.pipe("$sluice estimate \(flags)")
        #expect(end.code == 0, "\(end)")
        #expect(end.output.contains("rows: 0 done, 2 to do"), "\(end)")
        let json = try await shell.pipe("$sluice estimate \(flags) --json")
        let dry = try await shell.pipe("$sluice run --dry-run \(flags) --json")
        #expect(
            try JSON.parse(Bytes(dry.output))["estimate"]?.raw.text
                == json.output.split(separator: "\n").first.map(String.init))
        // The screen shows the same lines, after the first request.
        let shown = try await shell.pipe("$sluice run --dry-run \(flags)")
        for line in end.output.split(separator: "\n") { #expect(shown.errors.contains(line), "\(shown)") }
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
    }

    @Test(.enabled(if: OpenSSL.path != nil, "the openssl command is not installed"))
    func `a list of prices is fetched over verified TLS, with its date`() async throws {
        let list =
            #"{"brand-new":{"mode":"chat","litellm_provider":"p","max_input_tokens":5,"#
            + #""input_cost_per_token":1e-06,"output_cost_per_token":2e-06}}"#
        let reply = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: \(list.utf8.count)\r\n\r\n\(list)"
        let shell = try Shell()
        try await OpenSSL.withCertificate(for: "DNS:localhost") { (made) async throws in
            try await OpenSSL.withServer(made, reply: reply) { (port) async throws in
                let url = "https://localhost:\(port)/main/prices.json"
                // Midnight may pass meanwhile.
                var days = [Self.day(0)]
                let end = try await shell.run("pricing", "update", "--from", url, "--ca-file", made.authority)
                days.append(Self.day(0))
                #expect(end.code == 0, "\(end)")
                let known = try await shell.run("models", "brand-new")
                #expect(known.output.contains("brand-new"))
                let source = "prices: localhost:\(port)/main/prices.json, "
                #expect(days.contains { known.errors.contains(source + $0) }, "\(known)")
            }
            // Who is not trusted is not believed, and what was known stays.
            try await OpenSSL.withServer(made, reply: reply) { (port) async throws in
                let end = try await shell.run("pricing", "update", "--from", "https://localhost:\(port)/prices.json")
                #expect(end.code == 2, "\(end)")
            }
        }
        #expect(try await shell.run("models", "brand-new").code == 0)
    }

    @Test func `what is no list of prices is refused, and old prices say so`() async throws {
        let shell = try Shell(rows: 1)
        let clear = try await shell.run("pricing", "update", "--from", "http://prices.example/list.json")
        #expect(clear.code == 2)
        #expect(clear.errors.contains("use the https url"), "\(clear)")
        try await withSimulator { simulator in
            let end = try await shell.run("pricing", "update", "--from", "\(simulator.baseURL)/nothing-here")
            #expect(end.code == 2)
            #expect(end.errors.contains("answers 404"), "\(end)")
        }
        try shell.write(
            [
                #"{"m":{"mode":"chat","max_input_tokens":5000,"input_cost_per_token":1e-06,"output_cost_per_token":2e-06}}"#
            ],
            to: "list.json")
        let origin = "my list, \(Self.day(-100))"
        let update = try await shell.run("pricing", "update", "--from", "list.json", "--origin", origin)
        #expect(update.code == 0)
        let end = try await shell.run("estimate", "in.jsonl", "-m", "m")
        #expect(end.output.contains("prices: \(origin), "), "\(end)")
        #expect(end.output.contains(" days old; sluice pricing update takes newer ones"))
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
