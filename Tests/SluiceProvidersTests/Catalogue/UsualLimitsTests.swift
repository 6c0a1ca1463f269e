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
    }

    @Test func `Azure counts requests by the second`() throws {
        #expect(UsualLimits.at(try BaseURL("https://x.openai.azure.com/openai/v1")).quantum == .seconds(1))
    }
}
