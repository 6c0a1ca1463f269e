public import SluiceCore

/// How known providers measure and charge their limits, where that is not said; not how much they allow.
///
/// Sources: the providers' documentation of rate limits. OpenAI and Groq refill a day's requests all the time (their reset
/// headers say so), hence the last 24 hours; Gemini's day ends at midnight in California; Azure enforces requests per minute in
/// windows of 1 to 10 s; Azure, Moonshot and Cerebras charge `max_tokens` before the answer.
public enum UsualLimits {
    /// The ways of the provider at an address, without a number.
    public static func at(_ base: BaseURL) -> Limits {
        var limits = Limits()
        switch ProviderName.at(base) {
        case "openai", "groq": limits.day = .rolling
        case "gemini": limits.day = .pacific
        case "azure":
            limits.quantum = .seconds(1)
            limits.charge = .reserved
        case "moonshot", "cerebras": limits.charge = .reserved
        default: break
        }
        return limits
    }
}
