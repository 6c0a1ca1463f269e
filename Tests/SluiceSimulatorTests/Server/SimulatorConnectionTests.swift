import SluiceCore
import SluiceSimulator
import Testing

@Suite struct SimulatorConnectionTests {
    @Test func `a connection is kept and answers in order`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            for number in 0..<200 {
                #expect(try client.chat("item-\(number)").content?.hasPrefix("Answer to item-\(number): ") == true)
            }
        }
    }

    @Test func `requests sent ahead are answered one after the other`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(5))
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            for number in 0..<20 {
                try client.post("/v1/chat/completions", Self.body("item-\(number)"))
            }
            for number in 0..<20 {
                #expect(try client.reply().content?.hasPrefix("Answer to item-\(number): ") == true)
            }
            #expect(simulator.counts().mostInFlight == 1)
        }
    }

    @Test func `the client may ask for the end of the connection`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post("/v1/chat/completions", Self.body("x"), headers: "connection: close\r\n")
            let reply = try client.reply()
            #expect(reply.status == 200)
            #expect(reply.headers["connection"] == "close")
            #expect(client.ending() == .closed)
        }
    }

    @Test func `a client that waits for leave to send its body gets it`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let body = Self.body("item-1")
            try client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
                    + "content-length: \(body.utf8.count)\r\n\r\n")
            #expect(try client.reply().status == 100)
            try client.send(body)
            #expect(try client.reply().status == 200)
        }
    }

    @Test func `what is not HTTP is refused and the connection closed`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            try client.send("what is this\r\n\r\n")
            #expect(try client.reply().status == 400)
            #expect(client.ending() == .closed)
        }
    }

    @Test(arguments: [nil, .drip(bytes: 40, every: .milliseconds(1))] as [Fault.Kind?])
    func `what is not HTTP behind requests that wait is refused in its turn`(kind: Fault.Kind?) async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(20))
        options.script = kind.map { [FaultRule($0)] } ?? []
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            for number in 1...3 { try client.post("/v1/chat/completions", Self.body("item-\(number)")) }
            try client.send("what is this\r\n\r\n")
            while simulator.counts().requests == 0 { await Task.yield() }
            try client.send("and this\r\n\r\n")
            for number in 1...3 {
                #expect(try client.reply().content?.hasPrefix("Answer to item-\(number): ") == true)
            }
            #expect(try client.reply().status == 400)
            // Garbage that has come and was not read turns the close into a reset.
            #expect([.closed, .reset].contains(client.ending()))
            #expect(await simulator.ledger().map(\.sent) == [true, true, true])
        }
    }

    @Test func `many connections at once are all answered, each with its own`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(20))
        try await withSimulator(options) { simulator in
            let clients = try (0..<300).map { _ in try RawClient(port: simulator.port) }
            for round in 0..<3 {
                for (place, client) in clients.enumerated() {
                    try client.post("/v1/chat/completions", Self.body("item-\(round * 1_000 + place)"))
                }
                for (place, client) in clients.enumerated() {
                    let mark = "Answer to item-\(round * 1_000 + place): "
                    #expect(try client.reply().content?.hasPrefix(mark) == true)
                }
            }
            let entries = await simulator.ledger()
            #expect(entries.count == 900)
            #expect(Set(entries.compactMap(\.item)).count == 900)
            #expect(entries.allSatisfy { $0.sent && $0.duration >= .milliseconds(20) })
            #expect(Set(entries.map(\.number)) == Set(1...900))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `the limit on concurrency holds across connections`() async throws {
        var options = SimulatorOptions()
        options.limits.concurrency = 4
        // Requests that are answered only when their clients have gone.
        options.script = [FaultRule(.init(prompt: "held"), Fault(.none, delay: .seconds(3600)))]
        try await withSimulator(options) { simulator in
            func settle(inFlight: Int) async {
                while simulator.counts().inFlight != inFlight { await Task.yield() }
            }
            let clients = try (0..<10).map { _ in try RawClient(port: simulator.port) }
            for client in clients { try client.post("/v1/chat/completions", Self.body("held")) }
            while simulator.counts().refused[429] != 6 { await Task.yield() }
            await settle(inFlight: 4)
            let late = try RawClient(port: simulator.port)
            #expect(try late.chat("at once").status == 429)
            // Each place that is left is taken once.
            for client in clients { client.disconnect() }
            await settle(inFlight: 0)
            let next = try (0..<4).map { _ in try RawClient(port: simulator.port) }
            for client in next.dropFirst() { try client.post("/v1/chat/completions", Self.body("held")) }
            await settle(inFlight: 3)
            #expect(try late.chat("at once").status == 200)
            try next[0].post("/v1/chat/completions", Self.body("held"))
            await settle(inFlight: 4)
            #expect(try late.chat("at once").status == 429)
        }
    }

    @Test func `leave to send a body does not come into a reply that is under way`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(nth: 1...1), .drip(bytes: 100, every: .milliseconds(1)))]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            let body = Self.body("item-2")
            try client.post("/v1/chat/completions", Self.body("item-1"))
            try client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
                    + "content-length: \(body.utf8.count)\r\n\r\n")
            #expect(try client.reply().content?.hasPrefix("Answer to item-1: ") == true)
            #expect(try client.reply().status == 100)
            try client.send(body)
            #expect(try client.reply().content?.hasPrefix("Answer to item-2: ") == true)
        }
    }

    @Test(arguments: ["POST /v1/chat/completions", "CONNECT localhost:80"])
    func `a connection that offers another protocol ends with the reply`(line: String) async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let body = line.hasPrefix("POST") ? Self.body("item-1") : ""
            let offer =
                body.isEmpty
                ? "" : "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"
            try client.send(
                "\(line) HTTP/1.1\r\nhost: x\r\n\(offer)content-length: \(body.utf8.count)\r\n\r\n\(body)")
            let reply = try client.reply()
            #expect(reply.status == (body.isEmpty ? 404 : 200) && reply.headers["connection"] == "close")
            #expect(client.ending() == .closed)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `no more is read ahead than a few requests`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(prompt: "held"), .stall(.before, nil))]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post("/v1/chat/completions", Self.body("held"))
            while simulator.counts().inFlight == 0 { await Task.yield() }
            // Far more than what the two sockets hold: without a bound all of it goes away.
            let words = Self.body(String(repeating: "x", count: 1 << 20))
            let sent = try client.sendWithoutWaiting(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: \(words.utf8.count)\r\n\r\n\(words)",
                times: 64)
            #expect(sent < 48 << 20)
        }
    }

    @Test func `many requests sent ahead are all answered, in their order`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(1))
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            for number in 0..<200 { try client.post("/v1/chat/completions", Self.body("item-\(number)")) }
            for number in 0..<200 {
                #expect(try client.reply().content?.hasPrefix("Answer to item-\(number): ") == true)
            }
        }
    }

    @Test func `a taken port is reported with a hint`() async throws {
        try await withSimulator { simulator in
            var options = SimulatorOptions()
            options.port = simulator.port
            let error = await #expect(throws: SluiceError.self) { _ = try await Simulator.start(options) }
            #expect(error?.message == "cannot listen on 127.0.0.1:\(simulator.port): Address already in use")
            #expect(error?.hint != nil)
        }
    }

    @Test func `options out of range are refused`() async {
        var options = SimulatorOptions()
        options.faults = .init(serverError: 0.6, unavailable: 0.6)
        #expect(throws: SluiceError.self) { try options.validate() }
        options.faults = .init(serverError: 0.4, unavailable: 0.6)
        #expect(throws: Never.self) { try options.validate() }
        options.speed = 0
        await #expect(throws: SluiceError.self) { _ = try await Simulator.start(options) }
    }

    static func body(_ words: String) -> String {
        #"{"model":"m","messages":[{"role":"user","content":"\#(words)"}]}"#
    }
}
