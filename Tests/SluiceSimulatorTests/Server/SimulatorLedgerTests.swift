import SluiceCore
import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct SimulatorLedgerTests {
    @Test func `an entry holds what was sent`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            _ = try client.chat("item-0000012: x", key: "sk-test-abcd")
            _ = try client.chat("no mark", key: nil)
            _ = try client.get("/nothing?secret=1")
            let entries = await simulator.ledger()
            #expect(entries.map(\.number) == [1, 2, 3])
            #expect(entries.map(\.key) == ["…abcd", "", ""])
            #expect(entries.map(\.path) == ["/v1/chat/completions", "/v1/chat/completions", "/nothing"])
            #expect(entries.map(\.item) == [12, nil, nil])
            #expect(entries.map(\.status) == [200, 200, 404])
            #expect(entries.map(\.outputTokens) == [46, 46, 0])
            #expect(entries[0].inputTokens == 12)
            #expect(entries.allSatisfy { $0.sent && $0.fault == nil && $0.duration >= .zero })
        }
    }

    @Test(.timeLimit(.minutes(1))) func `the entries are there after the stop, too`() async throws {
        var options = SimulatorOptions()
        options.keepsLedger = true
        let simulator = try await Simulator.start(options)
        let client = try RawClient(port: simulator.port)
        _ = try client.chat("item-5")
        await simulator.stop()
        #expect(await simulator.ledger().map(\.item) == [5])
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is due in the very moment of the stop is entered once`() async throws {
        var options = SimulatorOptions()
        options.keepsLedger = true
        for round in 0..<30 {
            options.latency = .fixed(.milliseconds(1 + round % 3))
            let simulator = try await Simulator.start(options)
            let clients = try (0..<32).map { _ in try RawClient(port: simulator.port) }
            for (item, client) in clients.enumerated() {
                try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-\(item)"))
            }
            while simulator.counts().requests < clients.count { await Task.yield() }
            await simulator.stop()
            let numbers = await simulator.ledger().map(\.number)
            #expect(numbers.count == clients.count)
            #expect(Set(numbers).count == clients.count)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a client that leaves before its answer is entered as not sent`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(30))
        options.limits.concurrency = 1
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-3"))
            while simulator.counts().requests == 0 { await Task.yield() }
            client.disconnect()
            while simulator.counts().unsent == 0 { await Task.yield() }
            let entry = try #require(await simulator.ledger().first)
            #expect(entry.item == 3 && entry.status == 200 && !entry.sent)
            #expect(entry.duration < .seconds(30))
            #expect(simulator.counts().inFlight == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what a client sent ahead is entered too when it leaves`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(30))
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            for number in 1...3 {
                try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-\(number)"))
            }
            client.disconnect()
            while simulator.counts().unsent < 3 { await Task.yield() }
            #expect(await simulator.ledger().map(\.item) == [1, 2, 3])
            #expect(simulator.counts().inFlight == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `stopping enters what still waited`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(30))
        options.keepsLedger = true
        let simulator = try await Simulator.start(options)
        let clients = try (0..<5).map { _ in try RawClient(port: simulator.port) }
        for client in clients { try client.post("/v1/chat/completions", SimulatorConnectionTests.body("item-3")) }
        while simulator.counts().requests < 5 { await Task.yield() }
        await simulator.stop()
        #expect(simulator.counts().unsent == 5)
        #expect(clients.allSatisfy { $0.ending() == .closed })
        await simulator.stop()
    }

    @Test func `the file has one line per request, complete after the stop`() async throws {
        let path = "/tmp/sluice-ledger-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).jsonl"
        defer { unlink(path) }
        var options = SimulatorOptions()
        options.ledgerPath = path
        options.limits = .init(requestsPerMinute: 60)
        options.faults.serverError = 0.2
        let (entries, failure) = try await withSimulator(options) { simulator in
            let clients = try (0..<4).map { _ in try RawClient(port: simulator.port) }
            for number in 0..<250 {
                _ = try clients[number % 4].chat("item-\(number) \\\"q\\\"", key: "sk-\"\(number % 2)-key-x")
            }
            return (await simulator.ledger(), simulator.ledgerFailure)
        }
        #expect(failure == nil)
        #expect(entries.count == 250)
        let lines = try Self.lines(of: path)
        try #require(lines.count == entries.count)
        for (line, entry) in zip(lines, entries) {
            let json = try JSON.parse(line)
            #expect(
                json.members.map(\.text) == [
                    "t", "n", "key", "path", "item", "status", "fault", "in", "out", "ms", "sent",
                ])
            #expect(json["t"]?.int == Int(entry.time.nanoseconds))
            #expect(json["n"]?.int == entry.number)
            #expect(json["key"]?.string == entry.key)
            #expect(json["item"]?.int == entry.item)
            #expect(json["status"]?.int == entry.status)
            #expect(json["fault"]?.string == entry.fault)
            #expect(json["in"]?.int == entry.inputTokens)
            #expect(json["out"]?.int == entry.outputTokens)
            #expect(json["ms"]?.double == (entry.duration.seconds * 1e6).rounded() / 1e3)
            #expect(json["sent"]?.bool == true)
        }
        #expect(Set(entries.compactMap(\.status)) == [200, 429, 500])

        try await withSimulator(options) { simulator in
            _ = try RawClient(port: simulator.port).chat("once more")
        }
        #expect(try Self.lines(of: path).count == 251)
    }

    @Test(.timeLimit(.minutes(1)))
    func `lines are in the file soon after, without a stop`() async throws {
        let path = "/tmp/sluice-ledger-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).jsonl"
        defer { unlink(path) }
        var options = SimulatorOptions()
        options.ledgerPath = path
        try await withSimulator(options) { simulator in
            _ = try RawClient(port: simulator.port).chat("item-8")
            while try Self.lines(of: path).isEmpty { await Task.yield() }
            _ = try RawClient(port: simulator.port).chat("item-9")
            while try Self.lines(of: path).count < 2 { await Task.yield() }
            #expect(try Self.lines(of: path).map { try JSON.parse($0)["item"]?.int } == [8, 9])
        }
    }

    @Test func `a ledger that cannot be opened stops the start`() async {
        var options = SimulatorOptions()
        options.ledgerPath = "/nowhere/ledger.jsonl"
        let error = await #expect(throws: SluiceError.self) { _ = try await Simulator.start(options) }
        #expect(error?.description == "/nowhere/ledger.jsonl: cannot open the ledger: No such file or directory")
    }

    @Test(.timeLimit(.minutes(1)))
    func `a disk that is full is reported, and requests are answered all the same`() async throws {
        var options = SimulatorOptions()
        options.ledgerPath = "/dev/full"
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.chat("item-8").status == 200)
            while simulator.ledgerFailure == nil { await Task.yield() }
            #expect(simulator.ledgerFailure?.message == "cannot write the ledger: No space left on device")
            #expect(try client.chat("item-9").status == 200)
        }
    }

    private static func lines(of path: String) throws -> [Bytes] {
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(descriptor, &chunk, chunk.count), count > 0 {
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes.split(separator: UInt8(ascii: "\n")).map { Bytes(Array($0)) }
    }
}
