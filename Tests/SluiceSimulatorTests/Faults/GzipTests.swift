import SluiceCore
import SluiceSimulator
import Testing

/// Compressed answers, unpacked by the system's gzip, which checks checksum and length.
@Suite struct GzipTests {
    private func packed(_ compression: Fault.Compression, tokens: Int = 46, prompt: String = "item-7") async throws
        -> RawClient.Reply
    {
        var options = SimulatorOptions()
        options.answerTokens = tokens
        options.script = [FaultRule(.gzip(compression))]
        return try await withSimulator(options) { simulator in try RawClient(port: simulator.port).chat(prompt) }
    }

    @Test(arguments: [1, 46, 5_000, 60_000])
    func `a compressed answer is the plain one`(tokens: Int) async throws {
        let reply = try await packed(.sound, tokens: tokens, prompt: "item-7 é😀")
        #expect(reply.headers["content-encoding"] == "gzip")
        let body = try #require(Unpacked.gzip(reply.body.array))
        let json = try JSON.parse(Bytes(body))
        #expect(json["choices"]?.first?["message"]?["content"]?.string?.hasPrefix("Answer to item-7") == true)
        #expect(json["usage"]?["completion_tokens"]?.int == tokens)
        if tokens > 1_000 { #expect(reply.body.count < body.count / 5) }
    }

    @Test func `a broken one is found out by its checksum`() async throws {
        #expect(Unpacked.gzip(try await packed(.broken).body.array) == nil)
    }

    @Test(arguments: [1_000, 1_001, 1_257, 1_258, 2_063, 100_000, 3_000_001, 64 << 20])
    func `a bomb is a thousandth of what it says`(size: Int) async throws {
        let reply = try await packed(.bomb(size))
        let body = try #require(Unpacked.gzip(reply.body.array))
        #expect(body.count == size)
        #expect(reply.body.count < size / 1_000 + 1_200)
        let content = try JSON.parse(Bytes(body))["choices"]?.first?["message"]?["content"]?.string
        #expect(content?.contains("Answer to item-7: ") == true)
    }
}
