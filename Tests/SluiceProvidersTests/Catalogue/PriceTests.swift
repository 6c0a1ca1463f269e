import SluiceCore
import SluiceProviders
import Testing

/// Costs computed by hand from the prices of PROVIDERS.md §5, in dollars for a million tokens.
@Suite struct PriceTests {
    /// 2026-11-23, a Monday, at 12:00 and at 02:00 UTC; 2026-11-22 was a Sunday.
    private static let noon = WallTime(nanoseconds: 1_795_435_200_000_000_000)
    private static let night = WallTime(nanoseconds: 1_795_399_200_000_000_000)
    private static let sunday = WallTime(nanoseconds: 1_795_312_800_000_000_000)

    private func price(_ name: String) throws -> Price {
        let model = try #require(Catalogue.builtIn.model(name))
        return try #require(model.price)
    }

    private func dollars(_ text: String) throws -> Money { try #require(Quantity.money(text)) }

    @Test func `the moments of these tests are what they are called`() {
        #expect(Self.noon.text == "2026-11-23T12:00:00Z")
        #expect(Self.night.text == "2026-11-23T02:00:00Z")
        #expect(Self.sunday.text == "2026-11-22T02:00:00Z")
    }

    @Test func `a cached prefix: 600 × 0.15 + 400 × 0.075 + 200 × 0.60`() throws {
        let usage = Usage(input: 1000, output: 200, cached: 400)
        #expect(try price("gpt-4o-mini").cost(of: usage, at: Self.noon) == dollars("0.00024"))
    }

    @Test func `a batch without a cache discount of its own: 1000 × 0.075 + 200 × 0.30`() throws {
        let usage = Usage(input: 1000, output: 200, cached: 400)
        #expect(try price("gpt-4o-mini").cost(of: usage, .batch, at: Self.noon) == dollars("0.000135"))
    }

    @Test func `above 272 k the whole request is dearer: 300,000 × 8 + 1,000 × 30`() throws {
        let price = try price("gpt-5.6")
        #expect(price.cost(of: Usage(input: 300_000, output: 1000), at: Self.noon) == (try dollars("2.43")))
        // At the bound itself not yet: 272,000 × 4 + 1,000 × 20.
        #expect(price.cost(of: Usage(input: 272_000, output: 1000), at: Self.noon) == (try dollars("1.108")))
    }

    @Test func `off-peak hours on a weekday do not hold at 02:00 UTC, and hold at noon`() throws {
        let usage = Usage(input: 10_000, output: 1000, cached: 4000)
        let price = try price("deepseek/deepseek-flash")
        // 6000 × 0.3 + 4000 × 0.006 + 1000 × 1.2, and half of that.
        #expect(price.cost(of: usage, at: Self.night) == (try dollars("0.003024")))
        #expect(price.cost(of: usage, at: Self.noon) == (try dollars("0.001512")))
        #expect(price.cost(of: usage, at: Self.sunday) == (try dollars("0.001512")))
    }

    @Test func `reasoning is inside the answer: 100 × 0.25 + 900 × 2`() throws {
        let usage = Usage(input: 100, output: 900, reasoning: 700)
        #expect(try price("gpt-5-mini").cost(of: usage, at: Self.noon) == dollars("0.001825"))
    }

    @Test func `reasoning with a price of its own: 100 × 1 + 200 × 4 + 700 × 10`() throws {
        let rates = Rates(
            input: Money(picodollars: 1_000_000), output: Money(picodollars: 4_000_000),
            reasoning: Money(picodollars: 10_000_000))
        let usage = Usage(input: 100, output: 900, reasoning: 700)
        #expect(Price(rates).cost(of: usage, at: Self.noon) == (try dollars("0.0079")))
    }

    @Test func `three samples of one prompt are three answers and one prompt: 500 × 2.5 + 3 × 100 × 10`() throws {
        let usage = Usage(input: 500, output: 3 * 100)
        #expect(try price("gpt-4o").cost(of: usage, at: Self.noon) == dollars("0.00425"))
    }

    @Test func `cache writes of Anthropic: 1000 × 1 + 2000 × 0.1 + 3000 × 1.25 + 1000 × 2 + 500 × 5`() throws {
        let usage = Usage(
            input: 7000, output: 500, cached: 2000, cacheWrites: 4000, longCacheWrites: 1000)
        #expect(try price("claude-haiku-4-5").cost(of: usage, at: Self.noon) == dollars("0.00945"))
    }

    @Test func `first in line: 1000 × 8 + 100 × 40; last in line: 1000 × 2 + 100 × 10`() throws {
        let usage = Usage(input: 1000, output: 100)
        let price = try price("gpt-5.6")
        #expect(price.cost(of: usage, .priority, at: Self.noon) == (try dollars("0.012")))
        #expect(price.cost(of: usage, .flex, at: Self.noon) == (try dollars("0.003")))
    }

    @Test func `a batch of xAI at 0.8, and half where none is listed`() throws {
        let usage = Usage(input: 1000, output: 1000)
        #expect(try price("xai/grok-4.7").cost(of: usage, .batch, at: Self.noon) == dollars("0.0064"))
        #expect(try price("zai/glm-4.7").cost(of: usage, .batch, at: Self.noon) == dollars("0.0014"))
    }

    @Test func `tiers listed as ranges: 300,000 × 1.2 + 1,000 × 4.8`() throws {
        let usage = Usage(input: 300_000, output: 1000)
        #expect(try price("dashscope/qwen3.7-plus").cost(of: usage, at: Self.noon) == dollars("0.3648"))
    }

    @Test func `the ceiling is never below a cost`() throws {
        var random = SystemRandomNumberGenerator()
        for name in ["gpt-5.6", "claude-haiku-5-5", "deepseek/deepseek-flash", "gpt-4o-mini", "dashscope/qwen3.7-plus"]
        {
            let price = try price(name)
            for _ in 0..<200 {
                let input = Int.random(in: 0...600_000, using: &random)
                let output = Int.random(in: 0...100_000, using: &random)
                let usage = Usage(
                    input: input, output: output, cached: Int.random(in: 0...input, using: &random),
                    reasoning: Int.random(in: 0...output, using: &random),
                    cacheWrites: Int.random(in: 0...input, using: &random))
                for time in [Self.noon, Self.night, Self.sunday] {
                    #expect(price.cost(of: usage, at: time) <= price.ceiling(input: input, output: output))
                }
            }
        }
    }
}
