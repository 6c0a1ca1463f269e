import SluiceCore
import SluiceProviders
import Testing

/// What the refusals of single providers mean; the same texts as in their documents.
@Suite struct ErrorRuleTests {
    private static let rate = "rate_limit_error"
    private static let spent = "You exceeded your current quota, please check your plan and billing details."

    @Test(arguments: [
        ErrorCase(429, "insufficient_quota", "insufficient_quota", spent, .retryRoute, from: "dashscope"),
        ErrorCase(
            429, "insufficient_quota", "insufficient_quota", "Free allocated quota exceeded.", .retireKey,
            from: "dashscope"),
        ErrorCase(
            429, #"{"code":"Throttling.AllocationQuota","message":"Allocated quota exceeded","request_id":"r"}"#,
            .retryRoute, code: "Throttling.AllocationQuota", from: "dashscope"),
        ErrorCase(400, "Arrearage", "Arrearage", "Access denied, account overdue.", .retireKey, from: "dashscope"),
        ErrorCase(429, "limit_requests", "limit_requests", "Too many", .retryRoute, from: "dashscope"),
        ErrorCase(400, "data_inspection_failed", "data_inspection_failed", "Bad text", .final, from: "dashscope"),
        // The same words anywhere else are OpenAI's.
        ErrorCase(429, "insufficient_quota", "insufficient_quota", spent, .retireKey, from: "openai"),
        ErrorCase(429, "insufficient_quota", "insufficient_quota", spent, .retireKey),
    ])
    func `DashScope calls tokens per minute a quota`(reply: ErrorCase) { reply.check() }

    private static func anthropic(_ code: String) -> String {
        #"{"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"\#(code)"}},"request_id":"r"}"#
    }

    @Test(arguments: [
        ErrorCase(
            429, anthropic("enforced_spend_limit_reached"), .retireKey, code: "enforced_spend_limit_reached",
            from: "anthropic"),
        ErrorCase(429, rate, "contract_spend_limit_reached", "Spent", .retireKey, from: "anthropic"),
        ErrorCase(429, rate, "contract_spend_limit_reached", "Spent", .retireKey),
        ErrorCase(
            429, anthropic("ramp_limit_exceeded"), .retryRoute, code: "ramp_limit_exceeded", wait: 5,
            headers: ["retry-after": "5"], from: "anthropic"),
        ErrorCase(
            429, #"{"type":"error","error":{"type":"rate_limit_error","message":"slower"}}"#, .retryRoute, code: rate,
            from: "anthropic"),
        ErrorCase(
            400, "invalid_request_error", nil, "This workspace has reached its Spend Limit.", .retireKey,
            from: "anthropic"),
        ErrorCase(400, "invalid_request_error", nil, "prompt is too long: 9 tokens", .final, from: "anthropic"),
        // Elsewhere a row may have been repeated.
        ErrorCase(400, "invalid_request_error", nil, "bad part: 'the spend limit'", .final, from: "openai"),
    ])
    func `Anthropic's spend limits retire a key, its ramp does not`(reply: ErrorCase) { reply.check() }

    private static func zhipu(_ code: Int) -> String { #"{"error":{"code":"\#(code)","message":"请稍后重试"}}"# }

    @Test(arguments: [
        (1113, OutcomeClass.retireKey), (1112, .retireKey), (1121, .retireKey), (1309, .retireKey), (1304, .parkDay),
        (1308, .parkDay), (1310, .parkDay), (1313, .parkDay), (1302, .retryRoute), (1303, .retryRoute),
        (1305, .retryRoute), (1312, .retryRoute),
    ])
    func `Zhipu's 429 means what its number says, also through a relay`(code: Int, kind: OutcomeClass) {
        ErrorCase(429, Self.zhipu(code), kind, code: "\(code)", from: "zai").check()
        ErrorCase(429, Self.zhipu(code), kind, code: "\(code)").check()
        // Numbers of another provider's own are nobody else's.
        ErrorCase(429, Self.zhipu(code), .retryRoute, code: "\(code)", from: "groq").check()
    }

    @Test(arguments: [
        ErrorCase(429, "exceeded_current_quota_error", nil, "Your account is suspended", .retireKey, from: "moonshot"),
        ErrorCase(
            429, "rate_limit_reached_error", nil, "reached RPM limit, please try again after 4 seconds", .retryRoute,
            wait: 4, from: "moonshot"),
        ErrorCase(429, "engine_overloaded_error", nil, "The engine is overloaded", .retryRoute, from: "moonshot"),
    ])
    func `Moonshot tells an empty account from a limit by the type`(reply: ErrorCase) { reply.check() }

    @Test(arguments: [
        ("free-models-per-day. Add 10 credits to unlock 1000 free model requests per day", OutcomeClass.parkDay),
        ("free-models-per-day-high-balance", .parkDay), ("free-models-per-min", .retryRoute),
    ])
    func `OpenRouter's limit of a day is one in whatever spelling`(limit: String, kind: OutcomeClass) {
        let body = #"{"error":{"code":429,"message":"Rate limit exceeded: \#(limit)."}}"#
        ErrorCase(429, body, kind, code: "429", from: "openrouter").check()
    }

    private static func gemini(_ limit: String) -> String {
        #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"\#(spent)\n* Quota exceeded for metric: "#
            + #"generate_content_free_tier_requests, limit: \#(limit), model: m"}}"#
    }

    @Test(arguments: [("0", OutcomeClass.fatalRoute), ("05", .retryRoute), ("10", .retryRoute), ("20", .retryRoute)])
    func `a limit of nothing is a model that Gemini's tier does not have`(limit: String, kind: OutcomeClass) {
        for provider in ["gemini", nil] {
            ErrorCase(
                429, Self.gemini(limit), kind, code: "429", concernsModel: kind == .fatalRoute, from: provider
            ).check()
        }
        ErrorCase(429, "requests", "rate_limit_exceeded", "limit: 0", .retryRoute, from: "openai").check()
    }
}
