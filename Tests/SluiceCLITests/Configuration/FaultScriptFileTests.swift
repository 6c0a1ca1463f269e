import SluiceCLI
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct FaultScriptFileTests {
    /// Where the examples are.
    private static let examples =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Examples/faults/"

    private func rules(_ yaml: String) throws -> [FaultRule] {
        let folder = TemporaryFolder()
        try TextFile.write(yaml, to: folder.file("faults.yaml"))
        return try FaultScriptFile(folder.file("faults.yaml")).rules
    }

    private func condition(_ yaml: String) throws -> FaultRule.Condition? {
        try rules("- {when: \(yaml), do: {twice: true}}").first?.condition
    }

    private func fault(_ yaml: String) throws -> Fault? { try rules("- {do: \(yaml)}").first?.fault }

    @Test func `a condition is read with its units`() throws {
        #expect(try condition("{rate: 5%}") == .init(rate: 0.05))
        #expect(try condition("{rate: 0.5}") == .init(rate: 0.5))
        #expect(try condition(#"{key: "0001", nth: 7}"#) == .init(key: "0001", nth: 7...7))
        #expect(try condition("{prompt: item-7, nth: 5..9}") == .init(prompt: "item-7", nth: 5...9))
        #expect(try condition("{nth: 5+, after: 1.5m}") == .init(nth: 5...Int.max, after: .seconds(90)))
        #expect(try rules("- {do: {twice: true}, times: 3}") == [FaultRule(.twice, times: 3)])
    }

    @Test(
        arguments: [
            ("{status: 503}", .error(.usual(503))),
            (
                "{status: 429, code: c, type: t, message: m, param: p, retry-after: 2s}",
                .error(Refusal(429, "m", type: "t", param: "p", code: "c", retryAfter: .seconds(2)))
            ),
            ("{status: 503, body: busy}", .body("busy", status: 503)),
            ("{status: 503, body: busy, retry-after: 2s}", .body("busy", status: 503, retryAfter: .seconds(2))),
            ("{body: ''}", .body("", status: 200)),
            ("{html: 502}", .page(502)), ("{reset: before}", .reset(.before)), ("{reset: body}", .reset(.body)),
            ("{close: after}", .close(.after)), ("{stall: head}", .stall(.head, nil)),
            ("{stall: body, for: 2s}", .stall(.body, .seconds(2))), ("{truncate: json}", .truncate(.json)),
            ("{length: +100}", .length(100)), ("{length: -7}", .length(-7)),
            ("{chunked: bad-size}", .chunked(.badSize)), ("{interim: 3}", .interim(3)),
            ("{size: 50MB}", .size(50_000_000)), ("{gzip: sound}", .gzip(.sound)), ("{gzip: broken}", .gzip(.broken)),
            ("{bomb: 1GiB}", .gzip(.bomb(1 << 30))),
            ("{drip: 1, every: 10ms}", .drip(bytes: 1, every: .milliseconds(10))), ("{key: revoked}", .key(.revoked)),
            ("{limits: 50%}", .limits(0.5)), ("{limits: 2}", .limits(2)),
        ] as [(String, Fault.Kind)])
    func `an action is read`(yaml: String, kind: Fault.Kind) throws {
        #expect(try fault(yaml) == Fault(kind))
    }

    @Test(
        arguments: [
            ("truncate: length", .truncate(.length)), ("gzip: broken", .gzip(.broken)),
            ("size: 40MB", .size(40_000_000)),
            ("stall: body, for: 2s", .stall(.body, .seconds(2))),
        ] as [(String, Fault.Kind)])
    func `an error's reply may be damaged, too`(yaml: String, kind: Fault.Kind) throws {
        let refusal = Refusal.usual(429, retryAfter: .seconds(1))
        #expect(try fault("{status: 429, retry-after: 1s, \(yaml)}") == Fault(kind, of: refusal))
        #expect(try fault("{\(yaml), status: 429, retry-after: 1s}") == Fault(kind, of: refusal))
    }

    @Test func `delay, headers and clock stand beside any action, or alone`() throws {
        #expect(
            try fault("{html: 502, delay: 2s, headers: {retry-after: soon}, clock: -1h}")
                == Fault(
                    .page(502), delay: .seconds(2), headers: [.init("retry-after", "soon")], clockSkew: .seconds(-3600))
        )
        #expect(try fault("{delay: 250ms}") == Fault(.none, delay: .milliseconds(250)))
    }

    @Test(
        arguments: [
            ("- when: {rate: 5%}\n  do: {stats: 503}", 2, "unknown word 'stats'", "did you mean 'status'?"),
            ("- when: {rat: 5%}\n  do: {twice: true}", 1, "unknown word 'rat'", "did you mean 'rate'?"),
            ("- when: {rate: 150%}\n  do: {twice: true}", 1, "'rate' is more than 100%", nil),
            ("- wen: {rate: 5%}", 1, "unknown word 'wen'", "did you mean 'when'?"),
            ("- when: {rate: 5%}", 1, "a rule without 'do'", "like do: {status: 503}"),
            ("\n- do: {reset: bdy}", 2, "unknown reset 'bdy'", "did you mean 'body'?"),
            ("- do: {reset: after}", 1, "unknown reset 'after'", "known here: before, head, body"),
            (
                "- do:\n    status: 503\n    html: 502", 2, "'status' and 'html' in one rule",
                "write two rules; the first that applies wins"
            ),
            (
                "- do: {status: 503, gzip: broken, size: 1MB}", 1, "'gzip' and 'size' in one rule",
                "write two rules; the first that applies wins"
            ),
            ("- do: {status: 503, body: busy, truncate: length}", 1, "'body' stands not beside 'truncate'", nil),
            (
                "- do: {html: 503, truncate: length}", 1, "'html' and 'truncate' in one rule",
                "write two rules; the first that applies wins"
            ),
            (
                "- do: {status: 503, body: busy, code: c}", 1, "'code' stands not beside 'body'",
                "the body is all that is sent"
            ),
            ("- do: {reset: body, for: 2s}", 1, "'for' stands only beside 'stall'", nil),
            ("- do: {drip: 1}", 1, "'drip' without 'every'", "every: 10ms"),
            ("- do: {length: 7}", 1, "'length' is not a number of bytes with a sign: 7", "like +100 or -7"),
            (
                "- when: {nth: 9..5}\n  do: {twice: true}", 1, "'nth' is not a number of requests: 9..5",
                "like 7, 5..9 or 5+"
            ),
            ("- do: {status: 42}", 1, "'status' is not a whole number from 200 to 599: 42", nil),
            ("rate: 5%", 1, "a fault script is a list", "each rule begins with '- when:' or '- do:'"),
        ] as [(String, Int, String, String?)])
    func `what is not understood is said with file and line`(
        yaml: String, line: Int, message: String, hint: String?
    ) throws {
        let error = #expect(throws: SluiceError.self) { try rules(yaml) }
        #expect(error?.message == message)
        #expect(error?.hint == hint)
        #expect(error?.line == line)
        #expect(error?.file?.hasSuffix("/faults.yaml") == true)
    }

    @Test func `a rule may stand on the command line`() throws {
        func rule(_ text: String) throws -> [FaultRule] { try FaultScriptFile(rule: text).rules }
        #expect(
            try rule("rate=5%: status 503, retry-after 2s")
                == [FaultRule(.init(rate: 0.05), .error(.usual(503, retryAfter: .seconds(2))))])
        #expect(
            try rule("prompt=item-7, nth=1: reset body") == [
                FaultRule(.init(prompt: "item-7", nth: 1...1), .reset(.body))
            ])
        #expect(
            try rule("nth=3: again 20ms") == [FaultRule(.init(nth: 3...3), .again(.milliseconds(20)))])
        #expect(try rule("nth=3: twice") == [FaultRule(.init(nth: 3...3), .twice)])
        let error = #expect(throws: SluiceError.self) { try rule("rate=5%: statis 503") }
        #expect(error?.message == #"--fault "rate=5%: statis 503": unknown word 'statis'"#)
        #expect(error?.hint == "did you mean 'status'?")
        #expect(throws: SluiceError.self) { try rule("status 503") }
    }

    @Test(arguments: ["chaos", "bad-day", "one-row"])
    func `the example scripts are valid`(name: String) throws {
        let rules = try FaultScriptFile(Self.examples + name + ".yaml").rules
        #expect(rules.count >= 3)
        var options = SimulatorOptions()
        options.script = rules
        #expect(throws: Never.self) { try options.validate() }
    }

    @Test func `a run survives the example script, and the ledger names what it met`() async throws {
        let shell = try Shell(rows: 400)
        let mock = try shell.start(
            "mock", "--port", "0", "--faults", Self.examples + "chaos.yaml", "--fault",
            "prompt=item-7, nth=1: reset body", "--ledger", "ledger.jsonl")
        #expect(await Deadline.wait { mock.errors.contains("hint: ") })
        let url = try #require(mock.errors.split(separator: " ").first { $0.hasPrefix("http://") })
        let run = try await shell.run(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", String(url.prefix { $0 != "," }))
        #expect(run.code == 0, "\(run)")
        mock.signal(2)
        #expect(await mock.outcome().code == 0)
        let ledger = try shell.objects("ledger.jsonl")
        #expect(Set(ledger.compactMap { $0["fault"]?.string }).count > 3)
        for answer in try shell.objects("out.jsonl") {
            let item = answer["prompt"]?.string?.split(separator: " ").first { $0.hasPrefix("item-") } ?? "?"
            #expect(answer["output"]?.string?.contains("Answer to \(item)") == true)
        }
        #expect(try shell.objects("out.jsonl").count == 400)
    }
}
