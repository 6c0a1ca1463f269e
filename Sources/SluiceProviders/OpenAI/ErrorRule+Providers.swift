internal import SluiceCore

/// Sources: the providers' tables of errors (PROVIDERS.md §1.9 and §3).
extension ErrorRule {
    /// Codes that mean the same wherever they come from.
    static let everywhere: [ErrorRule] =
        [
            // OpenAI: the account is out of money, whatever the status.
            "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
            "organization_usage_limit_exceeded", "project_spend_limit_exceeded", "billing_hard_limit_reached",
            // Anthropic, in `details.error_code`, and Moonshot.
            "enforced_spend_limit_reached", "contract_spend_limit_reached", "exceeded_current_quota_error",
        ].map { ErrorRule($0, at: 200...499, .retireKey) }
        // Google: a limit of nothing is a model that the account's tier does not have.
        + [ErrorRule("RESOURCE_EXHAUSTED", saying: "limit: 0", .fatalRoute, concernsModel: true)]

    /// Those of single providers, by the catalogue's name; the first that fits counts.
    static let providers: [String: [ErrorRule]] = [
        // A spend limit that the organisation has set itself comes as a bad request.
        "anthropic": [ErrorRule("invalid_request_error", saying: "spend limit", at: 400...400, .retireKey)],
        // Despite its name `insufficient_quota` is the limit of tokens per minute here.
        "dashscope": [
            ErrorRule(nil, saying: "free allocated quota exceeded", at: 429...429, .retireKey),
            ErrorRule("insufficient_quota", at: 429...429, .retryRoute), ErrorRule("Arrearage", .retireKey),
        ],
        // Numbers in HTTP 200.
        "minimax": [
            numbers([1000, 1001, 1013, 1024, 1033], at: 200...299, .retry),
            numbers([1002, 1039, 1041], at: 200...299, .retryRoute),
            numbers([1004, 1008, 2049], at: 200...299, .retireKey), numbers([2056], at: 200...299, .parkDay),
        ].flatMap(\.self),
        // 429 alone says nothing here: in debt or locked, a plan that is over, the day's count, a plan's window used up.
        "zai": [
            numbers([1112, 1113, 1121, 1309], .retireKey), numbers([1304, 1308, 1310, 1313], .parkDay),
        ].flatMap(\.self),
    ]

    private static func numbers(
        _ codes: [Int], at statuses: ClosedRange<Int> = 400...499, _ kind: OutcomeClass
    ) -> [ErrorRule] {
        codes.map { ErrorRule(String($0), at: statuses, kind) }
    }
}
