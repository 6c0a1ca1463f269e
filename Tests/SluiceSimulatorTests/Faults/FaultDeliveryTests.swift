import SluiceCore
import SluiceSimulator
import Testing

/// What a fault looks like on the wire, byte for byte where that matters.
@Suite struct FaultDeliveryTests {
    private func simulate<Result>(
        _ rules: [FaultRule], _ body: (Simulator, RawClient) async throws -> Result
    ) async throws -> Result {
        var options = SimulatorOptions()
        options.script = rules
        return try await withSimulator(options) { simulator in
            try await body(simulator, try RawClient(port: simulator.port))
        }
    }

    /// Everything that comes until the connection ends, and how it ends.
    private func everything(_ kind: Fault.Kind) async throws -> (text: String, ending: RawClient.Ending?, LedgerEntry) {
        try await simulate([FaultRule(kind)]) { simulator, client in
            try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-5"))
            let ending = client.drain()
            return (client.rest, ending, try #require(await simulator.ledger().first))
        }
    }

    @Test(
        arguments: zip(
            [Fault.Kind.reset(.before), .reset(.head), .reset(.body), .close(.before), .close(.head), .close(.body)],
            ["reset", "reset-head", "reset-body", "close", "close-head", "close-body"]))
    func `the connection ends where the fault says`(kind: Fault.Kind, name: String) async throws {
        let (text, ending, entry) = try await everything(kind)
        #expect(entry.fault == name && !entry.sent && entry.item == 5)
        #expect(ending == (name.hasPrefix("reset") ? .reset : .closed))
        switch name.split(separator: "-").last {
        case "head":
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("\r\n\r\n"))
            #expect(entry.status == 200)
        case "body":
            let body = text.components("\r\n\r\n")[1]
            #expect(body.utf8.count == (contentLength(text) ?? 0) / 2)
            #expect(entry.status == 200)
        default:
            #expect(text.isEmpty)
            #expect(entry.status == nil)
        }
    }

    @Test func `a whole answer may be followed by the end of the connection`() async throws {
        let (text, ending, entry) = try await everything(.close(.after))
        #expect(text.contains("connection: keep-alive"))
        #expect(text.components("\r\n\r\n")[1].utf8.count == contentLength(text))
        #expect(ending == .closed && entry.sent && entry.status == 200)
    }

    @Test func `half an answer has the framing of a whole one, of chunks, or of the half`() async throws {
        let whole = try await everything(.truncate(.length))
        #expect(whole.text.components("\r\n\r\n")[1].utf8.count == (contentLength(whole.text) ?? 0) / 2)
        #expect(whole.ending == .closed && !whole.2.sent)
        let chunked = try await everything(.truncate(.chunked))
        #expect(chunked.text.contains("transfer-encoding: chunked\r\n") && !chunked.text.contains("\r\n0\r\n"))
        #expect(chunked.ending == .closed && !chunked.2.sent)
        try await simulate([FaultRule(.init(nth: 1...1), .truncate(.json))]) { simulator, client in
            let reply = try client.chat("item-5")
            #expect(reply.status == 200 && reply.json == nil && reply.body.text.hasPrefix(#"{"id":"#))
            #expect(try client.chat("item-6").json != nil)
            #expect(await simulator.ledger().map(\.sent) == [false, true])
        }
    }

    @Test func `the reply of an error may be damaged as that of an answer`() async throws {
        let refusal = Refusal.usual(429, retryAfter: .seconds(7))
        let rules = [
            FaultRule(.init(nth: 1...1), Fault(.gzip(.sound), of: refusal)),
            FaultRule(.init(nth: 2...2), Fault(.size(3_000), of: refusal)),
            FaultRule(.init(nth: 3...3), Fault(.truncate(.length), of: refusal)),
        ]
        try await simulate(rules) { simulator, client in
            let packed = try client.chat("item-5")
            #expect(packed.status == 429 && packed.headers["retry-after"] == "7")
            #expect(packed.headers["content-encoding"] == "gzip")
            let large = try client.chat("item-6")
            #expect(large.status == 429 && large.body.count == 3_000 && large.errorCode == "rate_limit_exceeded")
            try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-7"))
            #expect(client.drain() == .closed)
            #expect(client.rest.hasPrefix("HTTP/1.1 429 "))
            #expect(client.rest.components("\r\n\r\n")[1].utf8.count == (contentLength(client.rest) ?? 0) / 2)
            let entries = await simulator.ledger()
            #expect(entries.map(\.fault) == ["429-gzip", "429-size", "429-truncate-length"])
            #expect(entries.map(\.sent) == [true, true, false])
            #expect(entries.allSatisfy { $0.status == 429 && $0.outputTokens == 0 })
        }
    }

    @Test func `no part of a large answer is sent twice or left out`() async throws {
        var options = SimulatorOptions()
        options.answerTokens = 100_000
        options.script = [
            FaultRule(.init(nth: 1...1), .stall(.body, .milliseconds(1))),
            FaultRule(.init(nth: 2...2), .truncate(.length)),
        ]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            // The half before the pause and the one behind it are larger than the buffers.
            #expect(try client.chat("item-5").content?.utf8.count == 400_000)
            try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-6"))
            #expect(client.drain() == .closed)
            #expect(client.rest.components("\r\n\r\n")[1].utf8.count == (contentLength(client.rest) ?? 0) / 2)
        }
    }

    @Test func `a wrong length leaves bytes over, or waits for more`() async throws {
        try await simulate([FaultRule(.init(nth: 1...1), .length(-7)), FaultRule(.init(nth: 3...3), .length(9))]) {
            simulator, client in
            let short = try client.chat("item-5")
            #expect(short.json == nil)
            try client.post(
                "/v1/chat/completions", SimulatorConnectionTests.body("item-6"), headers: "connection: close\r\n")
            #expect(client.drain() == .closed)
            // The bytes that are over stand before the next reply.
            #expect(
                client.rest.firstRange(of: "HTTP/1.1 200")?.lowerBound
                    == client.rest.index(client.rest.startIndex, offsetBy: 7))
            let other = try RawClient(port: simulator.port)
            try other.post("/v1/chat/completions", SimulatorConnectionTests.body("item-7"))
            try other.post("/v1/chat/completions", SimulatorConnectionTests.body("item-8"))
            // The body takes the next reply's first bytes in.
            #expect(try other.reply().body.text.hasSuffix("HTTP/1.1 "))
        }
    }

    @Test(arguments: Fault.Chunking.allCases)
    func `chunks are as odd as they should be`(chunking: Fault.Chunking) async throws {
        try await simulate([FaultRule(.chunked(chunking))]) { simulator, client in
            try client.post(
                "/v1/chat/completions", SimulatorConnectionTests.body("item-5"), headers: "connection: close\r\n")
            #expect(client.drain() == .closed)
            let text = client.rest
            let end = try #require(text.firstRange(of: "\r\n\r\n"))
            let (head, body) = (text[..<end.lowerBound], String(text[end.upperBound...]))
            #expect(head.contains("transfer-encoding: chunked"))
            #expect(head.contains("content-length") == (chunking == .both))
            let sizes = body.components("\r\n").enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            switch chunking {
            case .plain, .both: #expect(sizes.count == 6 && sizes.dropLast(2).allSatisfy { Int($0, radix: 16) != nil })
            case .extensions: #expect(sizes[0].hasSuffix(";part=0") && sizes[1].hasSuffix(#" ; note="a;b\"c""#))
            case .trailers: #expect(body.hasSuffix("\r\n0\r\nx-checksum: none\r\nx-took: 12\r\n\r\n"))
            case .upper: #expect(sizes[0].hasPrefix("000") && sizes[0] == sizes[0].uppercased())
            case .bytes: #expect(sizes.count > 300 && sizes.dropLast(2).allSatisfy { $0 == "1" })
            case .badSize: #expect(sizes[1] == "twelve")
            }
            #expect(await simulator.ledger().map(\.sent) == [chunking != .badSize])
        }
    }

    @Test func `a reply comes twice, and interim ones before it`() async throws {
        try await simulate([FaultRule(.init(nth: 1...1), .twice), FaultRule(.init(nth: 2...2), .interim(4))]) {
            simulator, client in
            let first = try client.chat("item-5")
            let again = try client.reply()
            #expect(first.content?.hasPrefix("Answer to item-5: ") == true && first.body == again.body)
            try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-6"))
            #expect(try (0..<5).map { _ in try client.reply().status } == [100, 102, 103, 100, 200])
            #expect(await simulator.ledger().map(\.sent) == [true, true])
        }
    }

    @Test
    func `a reply comes again after a pause, and before the answer to what was asked meanwhile`()
        async throws
    {
        try await simulate([FaultRule(.init(nth: 1...1), .again(.milliseconds(20)))]) {
            simulator, client in
            let first = try client.chat("item-5")
            try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-6"))
            #expect(try client.reply().body == first.body)
            #expect(try client.reply().content?.hasPrefix("Answer to item-6: ") == true)
            #expect(await simulator.ledger().map(\.sent) == [true, true])
        }
    }

    @Test func `a client that does not wait for a reply to come again has got it all the same`() async throws {
        try await simulate([FaultRule(.again(.seconds(3600)))]) { simulator, client in
            let reply = try client.chat("item-5")
            #expect(reply.status == 200)
            #expect(await simulator.ledger().map(\.sent) == [true])
            client.disconnect()
            await simulator.stop()
            #expect(await simulator.ledger().map(\.sent) == [true])
        }
    }

    @Test func `a large answer is valid and as large as it should be`() async throws {
        try await simulate([FaultRule(.size(50_000_000))]) { simulator, client in
            let reply = try client.chat("item-5")
            #expect(reply.body.count == 50_000_000)
            #expect(reply.content?.hasPrefix("xxxx") == true && reply.content?.contains("Answer to item-5: ") == true)
            #expect(await simulator.ledger().map(\.sent) == [true])
        }
    }

    @Test func `a client that leaves a large answer is entered as one that has not got it`() async throws {
        try await simulate([FaultRule(.size(50_000_000))]) { simulator, client in
            try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-5"))
            while simulator.counts().requests == 0 { await Task.yield() }
            client.disconnect()
            while await simulator.ledger().isEmpty { await Task.yield() }
            let entry = try #require(await simulator.ledger().first)
            #expect(!entry.sent && entry.status == 200 && entry.fault == "size")
            #expect(simulator.counts().inFlight == 0)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `nothing more is made of a large answer for a client that has left`()
        async throws
    {
        // What is left would take a minute to make.
        let rules = [FaultRule(.init(prompt: "item-5"), .size(1 << 40))]
        try await simulate(rules) { simulator, client in
            for _ in 0..<8 {
                let other = try RawClient(port: simulator.port)
                try other.post("/v1/chat/completions", SimulatorConnectionTests.body("item-5"))
                try other.receive(atLeast: 4 << 20)
                other.disconnect()
                #expect(try client.chat("item-6").status == 200)
            }
        }
    }

    @Test func `a slow answer takes the time of its pieces, and others do not wait for it`() async throws {
        try await simulate([FaultRule(.init(prompt: "item-5"), .drip(bytes: 100, every: .milliseconds(100)))]) {
            simulator, client in
            try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-5"))
            #expect(try RawClient(port: simulator.port).chat("item-6").status == 200)
            let reply = try client.reply()
            #expect(reply.content?.hasPrefix("Answer to item-5: ") == true)
            let entries = await simulator.ledger()
            #expect(entries.map(\.item) == [6, 5] && entries.map(\.sent) == [true, true])
            #expect(entries[1].duration >= .milliseconds(100 * (reply.body.count / 100)))
        }
    }

    @Test func `a stall goes on after its time, or never, wherever it is`() async throws {
        for place in [Fault.Place.before, .head, .body] {
            try await simulate([
                FaultRule(.init(nth: 1...1), .stall(place, .milliseconds(30))),
                FaultRule(.init(nth: 3...3), .stall(place, nil)),
            ]) { simulator, client in
                #expect(try client.chat("item-5").content?.hasPrefix("Answer to item-5: ") == true)
                #expect(try client.chat("item-6").status == 200)
                #expect(try #require(await simulator.ledger().first).duration >= .milliseconds(30))
                try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-7"))
                while simulator.counts().requests < 3 { await Task.yield() }
                #expect(await simulator.ledger().count == 2)
                client.disconnect()
                while await simulator.ledger().count < 3 { await Task.yield() }
                let entry = try #require(await simulator.ledger().last)
                #expect(!entry.sent && entry.status == (place == .before ? nil : 200))
            }
        }
    }

    @Test func `pages, texts and errors take the answer's place`() async throws {
        try await simulate([
            FaultRule(.init(nth: 1...1), .page(502)), FaultRule(.init(nth: 2...2), .body("busy", status: 200)),
            FaultRule(.init(nth: 3...3), .error(.usual(200))), FaultRule(.init(nth: 4...4), .error(.usual(529))),
            FaultRule(.init(nth: 5...5), Fault(.none, headers: [.init("X-Request-ID", "mine")])),
        ]) { simulator, client in
            let page = try client.chat("item-1")
            #expect(page.status == 502 && page.headers["content-type"] == "text/html")
            #expect(page.body.text.contains("<h1>502 Bad Gateway</h1>"))
            let text = try client.chat("item-2")
            #expect(text.status == 200 && text.body.text == "busy" && text.headers["content-type"] == "text/plain")
            let inside = try client.chat("item-3")
            #expect(inside.status == 200 && inside.errorCode == "server_error")
            #expect(try client.chat("item-4").status == 529)
            let own = try client.chat("item-5")
            #expect(own.status == 200 && own.headers["x-request-id"] == "mine")
            #expect(await simulator.ledger().map(\.fault) == ["html-502", "body", "error-in-200", "529", "headers"])
            #expect(await simulator.ledger().allSatisfy(\.sent))
        }
    }

    @Test func `a wrong clock tells every moment by itself`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(requestsPerMinute: 60)
        options.script = [
            FaultRule(Fault(.error(.usual(429, retryAfter: .seconds(90))), clockSkew: .seconds(-86_400)))
        ]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            let reply = try client.chat("item-1")
            #expect(reply.headers["retry-after-ms"] == nil)
            let date = try #require(reply.headers["date"])
            let until = try #require(reply.headers["retry-after"])
            #expect(date.hasSuffix(" GMT") && date.utf8.count == 29)
            #expect((90...91).contains((try seconds(until) - seconds(date) + 86_400) % 86_400))
            let reset = try #require(reply.headers["x-ratelimit-reset-requests"].flatMap { Int($0) })
            let now = try #require(await simulator.ledger().first).time.nanoseconds / 1_000_000_000
            #expect(abs(Int(now) - 86_400 - reset) < 60)
        }
    }

    @Test(
        arguments: zip(
            [HeaderStyle.openAI, .azure, .requestsOnly, .mistral, .anthropic],
            [
                "x-ratelimit-reset-tokens", "x-ratelimit-reset-tokens", "x-ratelimit-reset", "ratelimitbysize-reset",
                "anthropic-ratelimit-tokens-reset",
            ]))
    func `a wrong clock is in the headers of every style`(style: HeaderStyle, name: String) async throws {
        var options = SimulatorOptions()
        options.headers = style
        options.limits = .init(requestsPerMinute: 60, tokensPerMinute: 6_000)
        options.script = [FaultRule(Fault(.none, clockSkew: .seconds(-3_600_000)))]
        try await withSimulator(options) { simulator in
            let reset = try #require(try RawClient(port: simulator.port).chat("item-1").headers[name])
            let now = try #require(await simulator.ledger().first).time
            let early = WallTime(nanoseconds: now.nanoseconds - 3_600_000_000_000_000)
            if style == .anthropic {
                #expect(reset.prefix(10) == early.text.prefix(10))
            } else {
                #expect(abs(try #require(Int(reset)) - Int(early.nanoseconds / 1_000_000_000)) < 120, "\(reset)")
            }
        }
    }

    @Test func `what stalls for ever keeps its place among those in flight until the client goes`() async throws {
        var options = SimulatorOptions()
        options.limits.concurrency = 1
        options.script = [FaultRule(.init(prompt: "item-5"), .stall(.head, nil))]
        try await withSimulator(options) { simulator in
            let stalled = try RawClient(port: simulator.port)
            try stalled.post("/v1/chat/completions", SimulatorConnectionTests.body("item-5"))
            #expect(try stalled.head().contains("200 OK"))
            let other = try RawClient(port: simulator.port)
            #expect(try other.chat("item-6").status == 429)
            #expect(simulator.counts().inFlight == 1)
            stalled.disconnect()
            while simulator.counts().inFlight > 0 { await Task.yield() }
            #expect(try other.chat("item-6").status == 200)
        }
    }

    @Test func `what a script says about waiting is sent whatever limits say`() async throws {
        var options = SimulatorOptions()
        ProviderProfile.gemini.apply(to: &options)
        options.script = [
            FaultRule(.init(nth: 1...1), .error(.usual(503, retryAfter: .seconds(7)))),
            FaultRule(.init(nth: 2...2), .body("busy", status: 503, retryAfter: .seconds(8))),
        ]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            let error = try client.chat("item-1")
            #expect(error.headers["retry-after"] == "7")
            #expect(error.json?.first?["error"]?["details"]?.first?["retryDelay"]?.string == "7s")
            let text = try client.chat("item-2")
            #expect(text.status == 503 && text.body.text == "busy" && text.headers["retry-after"] == "8")
            #expect(simulator.counts().outputTokens == 0)
        }
    }

    @Test(arguments: Fault.KeyEnd.allCases)
    func `a key that a fault has ended lists no models, unless only its money is gone`(end: Fault.KeyEnd) async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(nth: 1...1), .key(end))]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            func models() throws -> Int {
                try client.send("GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-test-0001\r\n\r\n")
                return try client.reply().status
            }
            #expect(try models() == 200)
            _ = try client.chat("item-1")
            #expect(try models() == (end == .spent ? 200 : 401))
        }
    }

    @Test func `every question about one row has luck of its own, in whatever order they come`() async throws {
        func faults(_ order: [(item: Int, model: String, words: String)]) async throws -> [String: Bool] {
            var options = SimulatorOptions()
            options.script = [FaultRule(.init(rate: 0.5), .error(.usual(503)))]
            return try await withSimulator(options) { simulator in
                let client = try RawClient(port: simulator.port)
                var met: [String: Bool] = [:]
                for (item, model, words) in order {
                    try client.post(
                        "/deployments/\(model)/chat/completions",
                        #"{"messages":[{"role":"user","content":"item-\#(item)\#(words)"}]}"#)
                    met["\(item) \(model)\(words)"] = try client.reply().status == 503
                }
                return met
            }
        }
        let order = (0..<60).flatMap { item in
            [("a", ""), ("b", ""), ("a", "?")].map { (item: item, model: $0, words: $1) }
        }
        let met = try await faults(order)
        #expect(try await met == faults(order.reversed()))
        #expect((0..<60).contains { met["\($0) a"] != met["\($0) b"] })
        #expect((0..<60).contains { met["\($0) a"] != met["\($0) a?"] })
    }

    /// The second of the day that a date tells.
    private func seconds(_ date: String) throws -> Int {
        let clock = date.split(separator: " ")[4].split(separator: ":").compactMap { Int($0) }
        return try #require(clock.count == 3 ? clock[0] * 3600 + clock[1] * 60 + clock[2] : nil)
    }

    private func contentLength(_ text: String) -> Int? {
        text.components("content-length: ").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
    }
}
