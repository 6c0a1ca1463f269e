import SluiceCore

extension Refusal {
    static let noKey = Refusal(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
            + "(i.e. Authorization: Bearer YOUR_KEY).")

    static func invalidKey(_ key: String) -> Refusal {
        Refusal(401, "Incorrect API key provided: …\(Secret(key).tail).", code: "invalid_api_key")
    }

    static let deactivated = Refusal(
        401, "The account associated with this API key has been deactivated.", code: "account_deactivated")

    static let exhausted = Refusal(
        429, "You exceeded your current quota, please check your plan and billing details.",
        type: "insufficient_quota", code: "insufficient_quota")
}
