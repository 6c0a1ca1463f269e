/// Which headers announce the limits.
///
/// The names are those of the providers' documents; what is not limited is not announced.
public enum HeaderStyle: String, Sendable, CaseIterable {
    /// `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, resets as `6m0s`: OpenAI and most who speak like it.
    case openAI = "openai"
    /// The same names, resets as whole seconds: Azure.
    case azure
    /// The same names, with the requests of the day and the tokens of the minute: Groq.
    case groq
    /// `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, resets as moments
    /// (RFC 3339, UTC).
    case anthropic
    /// `x-ratelimitbysize-{limit,remaining}-minute` and `ratelimitbysize-reset` in seconds, of tokens: Mistral.
    case mistral
    /// `x-ratelimit-{limit,remaining,reset}` of requests alone, the reset in seconds: Moonshot and others.
    case requestsOnly = "requests"
    /// None, as local servers and many others do.
    case none
}
