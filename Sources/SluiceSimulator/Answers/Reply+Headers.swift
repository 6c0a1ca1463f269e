extension Reply {
    /// Adds the headers of the limits that are announced.
    mutating func announce(_ rates: RateState) {
        announce(
            rates.requests, limit: "x-ratelimit-limit-requests", remaining: "x-ratelimit-remaining-requests",
            reset: "x-ratelimit-reset-requests")
        announce(
            rates.tokens, limit: "x-ratelimit-limit-tokens", remaining: "x-ratelimit-remaining-tokens",
            reset: "x-ratelimit-reset-tokens")
    }

    private mutating func announce(_ dimension: RateState.Dimension?, limit: String, remaining: String, reset: String) {
        guard let dimension else { return }
        headers.append((limit, String(dimension.limit)))
        headers.append((remaining, String(dimension.remaining)))
        headers.append((reset, dimension.reset.resetText))
    }
}
