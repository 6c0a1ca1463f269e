package import SluiceCore

/// Which of the seven classes a reply without an answer belongs to: by status, then code, then headers, text last
/// (PROVIDERS.md §0.2, §0.3, §1.9).
package enum ErrorClassifier {
    private static let spent: Set<String> = [
        "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded", "project_spend_limit_exceeded", "billing_hard_limit_reached",
    ]

    /// Classifies a reply whose status is not 200, or whose body is an error in spite of it.
    package static func classify(status: Int, header: (String) -> String?, body: Bytes, now: WallTime) -> Verdict {
        let error = OpenAIError(body, status: status)
        let wait = WaitHint.read(header: header, message: error.message, now: now)
        func verdict(_ kind: OutcomeClass, concernsModel: Bool = false) -> Verdict {
            Verdict(
                kind, code: error.code ?? error.type, message: error.message, wait: wait, concernsModel: concernsModel)
        }
        if error.isModelMissing, [400, 403, 404].contains(status) { return verdict(.fatalRoute, concernsModel: true) }
        switch status {
        case 200..<300:
            return verdict(inside200(error))
        case 300..<400:
            return Verdict(
                .fatalRoute, code: "redirect",
                message: "redirected to \(header("location") ?? "nowhere"); a key is never sent on", wait: nil)
        case 401:
            return verdict(error.mentions("ip not authorized", "ip address") ? .fatalRoute : .retireKey)
        case 402:
            return verdict(.retireKey)
        case 403:
            if error.mentions("unsupported_country", "country, region", "region, or territory") {
                return verdict(.fatalRoute)
            }
            return verdict(error.mentions("moderation", "content_policy", "flagged") ? .final : .retireKey)
        case 404, 405:
            // An error of the dialect is about this request; anything else says that nobody speaks it here.
            return verdict(error.isStructured && error.code != nil ? .final : .fatalRoute)
        case 408, 409, 425, 499:
            return verdict(retryUnlessForbidden(header))
        case 429:
            return verdict(refusal(error))
        case 500...:
            return verdict(retryUnlessForbidden(header))
        default:
            return verdict(isSpent(error) ? .retireKey : .final)
        }
    }

    private static func retryUnlessForbidden(_ header: (String) -> String?) -> OutcomeClass {
        header("x-should-retry") == "false" ? .final : .retry
    }

    private static func refusal(_ error: OpenAIError) -> OutcomeClass {
        if isSpent(error) { return .retireKey }
        if error.mentions("request too large") || exceedsLimit(error.message) { return .final }
        if error.mentions("per day", "(rpd)", "(tpd)", "daily limit") { return .parkDay }
        return .retryRoute
    }

    /// An error inside HTTP 200, as OpenRouter and some gateways send it: its code is often an HTTP status.
    private static func inside200(_ error: OpenAIError) -> OutcomeClass {
        guard error.isStructured else { return .retry }
        if isSpent(error) { return .retireKey }
        if let status = error.code.flatMap({ Int($0) }), (400..<600).contains(status) {
            switch status {
            case 429: return refusal(error)
            case 401, 402: return .retireKey
            case 408, 409, 425, 499...: return .retry
            default: return .final
            }
        }
        if error.mentions("rate limit", "rate_limit", "too many requests") { return .retryRoute }
        return error.mentions("server_error", "overloaded", "internal", "timeout", "unavailable") ? .retry : .final
    }

    private static func isSpent(_ error: OpenAIError) -> Bool {
        if let code = error.code, spent.contains(code) { return true }
        if let type = error.type, spent.contains(type) { return error.code == nil || error.code == "429" }
        // Gemini says "exceeded your current quota" in every 429.
        if error.mentions("resource_exhausted") { return false }
        return error.code == nil
            && error.mentions("exceeded your current quota", "insufficient balance", "arrearage", "欠费", "余额不足")
    }

    /// "Limit 30000, Used 0, Requested 45000": larger than the limit, so waiting never helps.
    private static func exceedsLimit(_ message: String) -> Bool {
        func number(after word: String) -> Int? {
            var rest = Substring(message)
            while let start = rest.firstIndex(of: word.first ?? " ") {
                rest = rest[start...]
                if rest.hasPrefix(word) { return Int(rest.dropFirst(word.count).prefix { $0.isASCII && $0.isNumber }) }
                rest = rest.dropFirst()
            }
            return nil
        }
        guard let limit = number(after: "Limit "), let requested = number(after: "Requested ") else { return false }
        return requested > limit
    }
}

extension OpenAIError {
    fileprivate func mentions(_ phrases: String...) -> Bool {
        let text = "\(code ?? "") \(type ?? "") \(message)".lowercased()
        return phrases.contains { text.contains($0) }
    }

    fileprivate var isModelMissing: Bool {
        if code == "model_not_found" || code == "deployment_not_found" || code == "DeploymentNotFound" { return true }
        let text = message.lowercased()
        return text.contains("model")
            && (text.contains("does not exist") || text.contains("not found") || text.contains("model_not_found"))
    }
}
