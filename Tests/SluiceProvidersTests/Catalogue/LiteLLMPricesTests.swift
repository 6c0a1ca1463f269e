import SluiceCore
import SluiceProviders
import Testing

@Suite struct LiteLLMPricesTests {
    @Test func `models of text are read with tiers, services and hours; others are left out`() throws {
        let text = """
            {"sample_spec":{"mode":"chat","input_cost_per_token":1,"output_cost_per_token":1},
             "dall-e":{"mode":"image_generation","input_cost_per_token":1e-6,"output_cost_per_token":1e-6},
             "bedrock/x":{"mode":"chat","litellm_provider":"bedrock","input_cost_per_token":1e-6,"output_cost_per_token":1e-6},
             "m":{"mode":"chat","litellm_provider":"p","max_input_tokens":1000,"max_output_tokens":10.0,
              "input_cost_per_token":1.1e-07,"output_cost_per_token":4e-07,"cache_read_input_token_cost":1e-08,
              "input_cost_per_token_batches":5e-08,"output_cost_per_token_batches":2e-07,
              "input_cost_per_token_above_128k_tokens":2e-07,"output_cost_per_token_above_128k_tokens":8e-07,
              "off_peak_pricing":{"input_cost_per_token":5e-08,"output_cost_per_token":2e-07,"weekday_timezone":"Asia/Shanghai",
               "windows":[{"hours_utc":"22:00-02:00","weekdays":[1]}]}}}
            """
        let models = try LiteLLMPrices.models(Bytes(text), from: "f")
        #expect(models.map(\.name) == ["m"])
        let model = try #require(models.first)
        #expect(model.context == 1000)
        #expect(model.maxOutput == 10)
        let price = try #require(model.price)
        #expect(price.tiers[.standard]?.map(\.above) == [0, 128_000])
        #expect(price.tiers[.standard]?.first?.rates.input == Money(picodollars: 110_000))
        #expect(price.tiers[.standard]?.first?.rates.cached == Money(picodollars: 10_000))
        #expect(price.tiers[.batch]?.first?.rates.output == Money(picodollars: 200_000))
        let offPeak = try #require(price.offPeak)
        // Monday in Shanghai from 22:00 UTC on Sunday until 16:00 on Monday; the hours hold before 02:00.
        let sunday = Int64(1_795_312_800) - 2 * 3600
        #expect(offPeak.holds(at: WallTime(nanoseconds: (sunday + 23 * 3600) * 1_000_000_000)))
        #expect(offPeak.holds(at: WallTime(nanoseconds: (sunday + 25 * 3600) * 1_000_000_000)))
        #expect(!offPeak.holds(at: WallTime(nanoseconds: (sunday + 27 * 3600) * 1_000_000_000)))
        #expect(!offPeak.holds(at: WallTime(nanoseconds: (sunday + 47 * 3600) * 1_000_000_000)))
    }

    @Test(arguments: ["", "[]", "{}", #"{"a":1}"#, "{"]) func `what holds no models is refused`(text: String) {
        #expect(throws: SluiceError.self) { try LiteLLMPrices.models(Bytes(text), from: "f") }
    }
}
