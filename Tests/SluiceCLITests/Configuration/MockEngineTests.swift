import SluiceCLI
import SluiceCore
import SluiceSimulator
import Testing

@Suite struct MockEngineTests {
    private var vllm: SimulatorOptions.Engine? {
        var options = SimulatorOptions()
        ProviderProfile.vllm.apply(to: &options)
        return options.engine
    }

    @Test func `a figure takes the place of the profile's, and the others stay`() throws {
        var figures = MockEngine()
        figures.throughput = 40
        let slower = try #require(try figures.over(vllm))
        #expect(slower.tokensPerSecond == 40 && slower.tokensPerSecondOfOne == 40)
        #expect(slower.promptTokensPerSecond == vllm?.promptTokensPerSecond && slower.promptTokensPerSecond != nil)
        #expect(slower.cacheTokens == vllm?.cacheTokens && slower.sequences == vllm?.sequences)
        figures = MockEngine()
        figures.kvCache = 5
        var expected = vllm
        expected?.cacheTokens = 5
        #expect(try figures.over(vllm) == expected)
        #expect(try MockEngine().over(vllm) == vllm)
    }

    @Test func `without a profile the throughput makes an engine, and the other figures need it`() throws {
        var figures = MockEngine()
        #expect(try figures.over(nil) == nil)
        figures.maxSequences = 3
        let error = #expect(throws: SluiceError.self) { try figures.over(nil) }
        #expect(error?.code == .usage && error?.message.hasSuffix("need --throughput") == true)
        figures.throughput = 100
        #expect(
            try figures.over(nil) == .init(tokensPerSecond: 100, tokensPerSecondOfOne: 100, sequences: 3))
    }
}
