import SluiceCore
import SluiceProviders
import Testing

@Suite struct UsualLimitsTests {
    @Test(arguments: [
        ("https://generativelanguage.googleapis.com/v1beta/openai", LimitDay.pacific, TokenCharge.actual),
        ("https://api.openai.com/v1", .rolling, .actual), ("https://api.groq.com/openai/v1", .rolling, .actual),
        ("https://api.moonshot.cn/v1", .utc, .reserved), ("http://gpu-1:8000/v1", .utc, .actual),
    ])
    func `a provider's ways follow from its address`(address: String, day: LimitDay, charge: TokenCharge) throws {
        let limits = UsualLimits.at(try BaseURL(address))
        #expect(limits.day == day && limits.charge == charge)
        #expect(limits.requestsPerDay == nil && limits.requestsPerMinute == nil)
        #expect(limits.quantum == nil && limits.concurrency == nil)
    }

    @Test(arguments: [
        "https://x.openai.azure.com/openai/v1", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        "https://api.x.ai/v1", "https://api.mistral.ai/v1",
    ])
    func `some count requests by the second`(address: String) throws {
        #expect(UsualLimits.at(try BaseURL(address)).quantum == .seconds(1))
    }

    @Test(arguments: [
        ("https://api.deepseek.com", 2500, ["deepseek-v4-pro": 500]),
        ("https://api.hunyuan.cloud.tencent.com/v1", 5, [:]),
        ("https://api.lkeap.cloud.tencent.com/plan/v3", nil, [:]), ("https://api.openai.com/v1", nil, [:]),
        ("http://gpu-1:8000/v1", nil, [:]),
    ])
    func `some allow everybody the same number in flight`(
        address: String, all: Int?, models: [String: Int]
    ) throws {
        let base = try BaseURL(address)
        #expect(UsualLimits.at(base).concurrency == all)
        #expect(UsualLimits.concurrency(ofModelsAt: base) == models)
    }
}
