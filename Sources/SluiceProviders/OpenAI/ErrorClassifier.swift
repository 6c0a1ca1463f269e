package import SluiceCore

/// Which of the seven classes a reply without an answer belongs to: by the provider's rules, then status, code, headers,
/// text last (PROVIDERS.md §0.2, §0.3, §1.9).
package enum ErrorClassifier {
    /// Classifies a reply whose status is not 200, or whose body is an error in spite of it.
    /// - Parameter provider: Who sent it, by the catalogue's name; nil if that is not known.
    package static func classify(
        status: Int, header: (String) -> String?, body: Bytes, from provider: String?, now: WallTime
    ) -> Verdict {
        let error = OpenAIError(body, status: status)
        if (300..<400).contains(status) {
            let redirect = Redirect(status: status, location: header("location"))
            return Verdict(.fatalRoute, code: "redirect", message: redirect.message, hint: redirect.hint)
        }
        // An error inside HTTP 200, as OpenRouter and some gateways send it: its code is often an HTTP status.
        let meant = (200..<300).contains(status) ? error.status ?? status : status
        let rule = ErrorRule.matching(error, status: meant, at: provider)
        let isModelMissing = rule?.concernsModel ?? error.isModelMissing(status: meant)
        let kind = rule?.kind ?? (isModelMissing ? .fatalRoute : kind(of: error, status: meant, header))
        return Verdict(
            kind, code: error.code ?? error.type, message: error.message,
            wait: WaitHint.read(header: header, message: error.message, delay: error.retryDelay, now: now),
            concernsModel: isModelMissing, isStructured: error.isStructured)
    }

    private static func kind(of error: OpenAIError, status: Int, _ header: (String) -> String?) -> OutcomeClass {
        switch status {
        case 200..<300:
            return inside200(error)
        case 400:
            if error.parameter == "service_tier" || error.type == "FAILED_PRECONDITION" { return .fatalRoute }
            return error.details.contains("API_KEY_INVALID") ? .retireKey : unlessSpent(error, header)
        case 401:
            return error.mentions("ip not authorized", "ip address") ? .fatalRoute : .retireKey
        case 402:
            // OpenRouter's: a budget that other requests hold just now, and a request above the whole budget.
            if header("retry-after") != nil || error.names("in_flight_budget_exhausted") { return .retry }
            return error.names("weight_exceeds_budget") ? .final : .retireKey
        case 403:
            if error.mentions("unsupported_country", "country, region", "region, or territory") { return .fatalRoute }
            return error.mentions("moderation", "content_policy", "flagged") ? .final : .retireKey
        case 404, 405:
            // An error of the dialect is about this request; anything else says that nobody speaks it here.
            return error.isStructured && error.hasNamedCode && error.code != "unknown_url" ? .final : .fatalRoute
        case 408, 409, 425, 498, 499, 500...:
            return header("x-should-retry") == "false" ? .final : .retry
        case 429:
            return refusal(error)
        default:
            return unlessSpent(error, header)
        }
    }

    private static func unlessSpent(_ error: OpenAIError, _ header: (String) -> String?) -> OutcomeClass {
        if isSpent(error) { return .retireKey }
        return header("x-should-retry") == "true" ? .retry : .final
    }

    private static func refusal(_ error: OpenAIError) -> OutcomeClass {
        if isSpent(error) { return .retireKey }
        if error.mentions("request too large") || exceedsLimit(error.message) { return .final }
        // "free-models-per-day" (OpenRouter)
        let text = String(error.text.map { $0 == "-" ? " " : $0 })
        let isDay = ["per day", "per month", "(rpd)", "(tpd)", "daily limit"].contains { text.contains($0) }
        return isDay || error.details.contains("PerDay") ? .parkDay : .retryRoute
    }

    /// An error inside HTTP 200 whose code is no HTTP status.
    private static func inside200(_ error: OpenAIError) -> OutcomeClass {
        guard error.isStructured else { return .retry }
        if isSpent(error) { return .retireKey }
        if error.mentions("rate limit", "rate_limit", "too many requests", "limit reached") { return .retryRoute }
        return error.mentions("server_error", "overloaded", "internal", "timeout", "unavailable") ? .retry : .final
    }

    private static func isSpent(_ error: OpenAIError) -> Bool {
        // A number is no more than the status, so that the text decides.
        if error.hasNamedCode { return false }
        // Gemini says "exceeded your current quota" in every 429.
        if error.mentions("resource_exhausted") { return false }
        return error.mentions(
            "exceeded your current quota", "insufficient balance", "insufficient credit", "credit balance", "arrearage",
            "欠费", "余额不足")
    }

    /// "Limit 30000, Used 0, Requested 45000": larger than the limit, so waiting never helps.
    private static func exceedsLimit(_ message: String) -> Bool {
        guard let limit = number(in: message, after: "Limit "), let requested = number(in: message, after: "Requested ")
        else { return false }
        return requested > limit
    }

    /// The number behind the first of these words that has one; `1,000` is a thousand.
    private static func number(in message: String, after word: String) -> Int? {
        let text = Array(message.utf8)
        let mark = Array(word.utf8)
        for start in text.indices where text[start...].starts(with: mark) {
            var value: Int?
            for (index, byte) in text[(start + mark.count)...].enumerated() {
                if byte == UInt8(ascii: ","), index > 0 { continue }
                guard byte &- 0x30 < 10, (value ?? 0) < 1 << 50 else { break }
                value = (value ?? 0) * 10 + Int(byte - 0x30)
            }
            if let value { return value }
        }
        return nil
    }
}

extension OpenAIError {
    /// The HTTP status that the code is, if it is one.
    fileprivate var status: Int? { code.flatMap { Int($0) }.flatMap { (400..<600).contains($0) ? $0 : nil } }

    fileprivate func mentions(_ phrases: String...) -> Bool {
        let text = text
        return phrases.contains { text.contains($0) }
    }

    fileprivate func names(_ reason: String) -> Bool { mentions(reason) || details.contains(reason) }

    fileprivate func isModelMissing(status: Int) -> Bool {
        guard [400, 403, 404].contains(status) else { return false }
        let code = code?.lowercased() ?? ""
        if ["model_not_found", "deployment_not_found", "deploymentnotfound", "model_not_available"].contains(code) {
            return true
        }
        // A 400 may repeat words of the row; it is about the model only if no code says otherwise.
        if status == 400, hasNamedCode, !code.contains("model") { return false }
        let text = message.lowercased()
        return text.contains("model")
            && ["does not exist", "not exist", "not found", "model_not_found"].contains { text.contains($0) }
    }
}
