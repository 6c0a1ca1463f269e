import SluiceCore
import SluiceSimulator
import Testing

@Suite struct SimulatorEngineTests {
    private static let question = #"{"model":"m","messages":[{"role":"user","content":"item-1"}],"max_tokens":"#

    /// Sends questions on connections of their own and takes the answers; the ledger has the order of their ends.
    private func lengths(_ engine: SimulatorOptions.Engine, _ most: [Int], streams: Bool = false) async throws -> [Int]
    {
        var options = SimulatorOptions()
        options.answerTokens = 1_000
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
            .init(tokensPerSecond: 3_000, tokensPerSecondOfOne: 1_000), [400, 40, 200, 120])
        #expect(order == [40, 120, 200, 400])
    }

    @Test func `with one sequence at a time the first to come is the first to be answered`() async throws {
        // Sent on one connection, where the second is not read before the first is answered.
        var options = SimulatorOptions()
        options.engine = .init(tokensPerSecond: 2_000, tokensPerSecondOfOne: 2_000, sequences: 1)
        options.answerTokens = 100
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            for most in [60, 20] { try client.post("/v1/chat/completions", Self.question + "\(most)}") }
            #expect(try client.reply().json?["usage"]?["completion_tokens"]?.int == 60)
            #expect(try client.reply().json?["usage"]?["completion_tokens"]?.int == 20)
            let entries = await simulator.ledger()
            #expect(entries.map(\.outputTokens) == [60, 20])
            #expect(entries[0].duration >= .milliseconds(30))
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
            .init(tokensPerSecond: 3_000, tokensPerSecondOfOne: 1_000), [200, 40], streams: true)
        #expect(order == [40, 200])
    }
}
