public import SluiceCore

/// How known providers measure and charge their limits, and what they allow to everybody, where that is not said.
///
/// Sources: the providers' documentation of rate limits. OpenAI and Groq refill a day's requests all the time (their reset
/// headers say so), hence the last 24 hours; Gemini's day ends at midnight in California; Azure enforces requests per minute in
/// windows of 1 to 10 s, DashScope, Mistral and xAI by the second; Azure, Moonshot and Cerebras charge `max_tokens` before the
/// answer. DeepSeek limits nothing but requests in flight, by model; Hunyuan lets through 5 at once and 20 a second.
public enum UsualLimits {
    /// The ways of the provider at an address; numbers only where they are the same for every account.
    public static func at(_ base: BaseURL) -> Limits {
        var limits = Limits()
        switch ProviderName.at(base) {
        case "openai", "groq": limits.day = .rolling
        case "gemini": limits.day = .pacific
        case "azure":
            limits.quantum = .seconds(1)
            limits.charge = .reserved
        case "dashscope", "mistral", "xai": limits.quantum = .seconds(1)
        case "moonshot", "cerebras": limits.charge = .reserved
        case "deepseek": limits.concurrency = 2500
        case "tencent" where base.host.hasPrefix("api.hunyuan."):
            limits.concurrency = 5
            limits.requestsPerSecond = 20
        default: break
        }
        return limits
    }

    /// The requests in flight that the provider at an address allows for single models, by their names.
    public static func concurrency(ofModelsAt base: BaseURL) -> [String: Int] {
        ProviderName.at(base) == "deepseek" ? ["deepseek-v4-pro": 500] : [:]
    }
}
