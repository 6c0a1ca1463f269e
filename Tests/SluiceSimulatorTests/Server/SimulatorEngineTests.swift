import SluiceCore
import SluiceSimulator
import Testing

@Suite struct SimulatorEngineTests {
    private static let question = #"{"model":"m","messages":[{"role":"user","content":"item-1"}],"max_tokens":"#

    /// Sends questions on connections of their own and takes the answers; the ledger has the order of their ends.
    private func lengths(_ engine: SimulatorOptions.Engine, _ most: [Int], streams: Bool = false) async throws -> [Int]
    {
        var options = SimulatorOptions()
        options.answerTokens = 2_000
        options.engine = engine
        return try await withSimulator(options) { simulator in
            let clients = try most.map { _ in try RawClient(port: simulator.port) }
            for (client, most) in zip(clients, most) {
                try client.post(
                    "/v1/chat/completions", Self.question + "\(most)" + (streams ? #","stream":true}"# : "}"))
            }
            for client in clients {
                if streams { _ = try client.chunkedReply() } else { #expect(try client.reply().status == 200) }
            }
            return await simulator.ledger().map(\.outputTokens)
        }
    }

    @Test func `short answers overtake long ones that were asked for before`() async throws {
        let order = try await lengths(
            .init(tokensPerSecond: 3_000, tokensPerSecondOfOne: 1_000), [2000, 200, 1000, 600])
        #expect(order == [200, 600, 1000, 2000])
    }

    @Test func `with one sequence at a time the first to come is the first to be answered`() async throws {
        var options = SimulatorOptions()
        options.engine = .init(tokensPerSecond: 2_000, tokensPerSecondOfOne: 2_000, sequences: 1)
        options.answerTokens = 1_000
        try await withSimulator(options) { simulator in
            let clients = try (0..<2).map { _ in try RawClient(port: simulator.port) }
            for (place, most) in [1000, 20].enumerated() {
                try clients[place].post("/v1/chat/completions", Self.question + "\(most)}")
                while simulator.counts().requests <= place { await Task.yield() }
            }
            for client in clients { #expect(try client.reply().status == 200) }
            let entries = await simulator.ledger()
            #expect(entries.map(\.outputTokens) == [1000, 20])
            #expect(entries[0].duration >= .milliseconds(500))
        }
    }

    @Test func `who leaves makes room, and the others are answered`() async throws {
        var options = SimulatorOptions()
        options.answerTokens = 1_000_000
        options.engine = .init(tokensPerSecond: 1_000, tokensPerSecondOfOne: 1_000, sequences: 1)
        try await withSimulator(options) { simulator in
            let first = try RawClient(port: simulator.port)
            try first.post("/v1/chat/completions", Self.question + "900000}")
            while simulator.counts().inFlight < 1 { await Task.yield() }
            let second = try RawClient(port: simulator.port)
            try second.post("/v1/chat/completions", Self.question + "5}")
            first.disconnect()
            #expect(try second.reply().status == 200)
            #expect(simulator.counts().inFlight == 0)
            #expect(simulator.counts().unsent == 1)
        }
    }

    @Test func `streams come whole as well`() async throws {
        let order = try await lengths(
            .init(tokensPerSecond: 3_000, tokensPerSecondOfOne: 1_000), [1000, 200], streams: true)
        #expect(order == [200, 1000])
    }
}
