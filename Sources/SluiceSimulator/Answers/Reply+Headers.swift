import SluiceCore

extension Reply {
    /// Adds the headers of the limits that are announced, as this style names them; if it tells moments, a reset is not how
    /// long that takes but when it is, in seconds since 1970 where the style has no form of its own for that.
    mutating func announce(_ rates: RateState, _ style: HeaderStyle, date: WallTime, tellsMoments: Bool) {
        // Rounded up: who waits until then has waited long enough.
        func span(_ reset: TimeSpan) -> String { tellsMoments ? (date + reset).secondsRoundedUp : reset.resetText }
        func seconds(_ reset: TimeSpan) -> String {
            tellsMoments ? (date + reset).secondsRoundedUp : String(reset.wholeSeconds)
        }
        switch style {
        case .openAI:
            announce(rates.requests ?? rates.dailyRequests, "x-ratelimit-", "-requests", reset: span)
            announce(rates.tokens ?? rates.dailyTokens, "x-ratelimit-", "-tokens", reset: span)
        case .azure:
            announce(rates.requests, "x-ratelimit-", "-requests", reset: seconds)
            announce(rates.tokens, "x-ratelimit-", "-tokens", reset: seconds)
        case .groq:
            announce(rates.dailyRequests, "x-ratelimit-", "-requests", reset: span)
            announce(rates.tokens, "x-ratelimit-", "-tokens", reset: span)
        case .anthropic:
            let dimensions = [
                ("requests", rates.requests), ("tokens", rates.tokens), ("input-tokens", rates.inputTokens),
                ("output-tokens", rates.outputTokens),
            ]
            for (name, dimension) in dimensions {
                announce(dimension, "anthropic-ratelimit-\(name)-", "") { reset in
                    (date + reset + TimeSpan(nanoseconds: 999_999_999)).text
                }
            }
        case .mistral:
            guard let tokens = rates.tokens else { return }
            headers.append(("x-ratelimitbysize-limit-minute", String(tokens.limit)))
            headers.append(("x-ratelimitbysize-remaining-minute", String(tokens.remaining)))
            headers.append(("ratelimitbysize-reset", seconds(tokens.reset)))
        case .requestsOnly:
            announce(rates.requests ?? rates.dailyRequests, "x-ratelimit-", "", reset: seconds)
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

extension WallTime {
    /// Whole seconds since 1970, rounded up.
    fileprivate var secondsRoundedUp: String { String(nanoseconds / 1_000_000_000 + 1) }
}
