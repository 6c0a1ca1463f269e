import SluiceCore

extension Reply {
    /// Adds the headers of the limits that are announced, as this style names them.
    mutating func announce(_ rates: RateState, _ style: HeaderStyle, date: WallTime) {
        switch style {
        case .openAI:
            announce(rates.requests ?? rates.dailyRequests, "x-ratelimit-", "-requests") { $0.resetText }
            announce(rates.tokens ?? rates.dailyTokens, "x-ratelimit-", "-tokens") { $0.resetText }
        case .azure:
            announce(rates.requests, "x-ratelimit-", "-requests") { String($0.wholeSeconds) }
            announce(rates.tokens, "x-ratelimit-", "-tokens") { String($0.wholeSeconds) }
        case .groq:
            announce(rates.dailyRequests, "x-ratelimit-", "-requests") { $0.resetText }
            announce(rates.tokens, "x-ratelimit-", "-tokens") { $0.resetText }
        case .anthropic:
            let dimensions = [
                ("requests", rates.requests), ("tokens", rates.tokens), ("input-tokens", rates.inputTokens),
                ("output-tokens", rates.outputTokens),
            ]
            for (name, dimension) in dimensions {
                announce(dimension, "anthropic-ratelimit-\(name)-", "") { reset in
                    // Whole seconds, rounded up: who waits until then has waited long enough.
                    (date + reset + TimeSpan(nanoseconds: 999_999_999)).text
                }
            }
        case .mistral:
            guard let tokens = rates.tokens else { return }
            headers.append(("x-ratelimitbysize-limit-minute", String(tokens.limit)))
            headers.append(("x-ratelimitbysize-remaining-minute", String(tokens.remaining)))
            headers.append(("ratelimitbysize-reset", String(tokens.reset.wholeSeconds)))
        case .requestsOnly:
            announce(rates.requests ?? rates.dailyRequests, "x-ratelimit-", "") { String($0.wholeSeconds) }
        case .none:
            break
        }
    }

    private mutating func announce(
        _ dimension: RateState.Dimension?, _ prefix: String, _ suffix: String, reset: (TimeSpan) -> String
    ) {
        guard let dimension else { return }
        headers.append(("\(prefix)limit\(suffix)", String(dimension.limit)))
        headers.append(("\(prefix)remaining\(suffix)", String(dimension.remaining)))
        headers.append(("\(prefix)reset\(suffix)", reset(dimension.reset)))
    }
}
