internal import SluiceCore
internal import SluiceScheduling

/// What the accounts of a run allow, model by model, as far as it is known before the run.
///
/// Limits belong to an account and a model, so a model's rows share the sum of what its accounts allow, and models do
/// not wait for each other.
struct KnownLimits {
    private let accounts: [Account]

    init(_ accounts: [Account]) {
        self.accounts = accounts
    }

    /// The limits of the accounts that serve a model.
    private func limits(_ model: String) -> [Limits] { accounts.serving(model).map { $0.limits(for: model) } }

    /// The tokens that a request needs at once, and the most that any account has room for, if that is less.
    func obstacle(_ model: String, _ demand: TokenDemand) -> (needs: Int, limit: Int)? {
        var nearest: (needs: Int, limit: Int)?
        for limits in limits(model) {
            let use = demand.charged(limits.charge)
            let needs: [(Int, Double?)] = [
                (use.input + use.output, limits.tokensPerMinute), (use.input + use.output, limits.tokensPerDay),
                (use.input, limits.inputTokensPerMinute), (use.output, limits.outputTokensPerMinute),
            ]
            guard
                let (tokens, limit) = needs.first(where: { tokens, limit in limit.map { Double(tokens) > $0 } ?? false }
                ),
                let limit
            else { return nil }
            if limit > nearest.map({ Double($0.limit) }) ?? 0 { nearest = (tokens, Int(limit)) }
        }
        return nearest
    }

    /// How long so many requests of a model take at least, and by what; nil if nothing bounds them.
    func bound(_ model: String, requests: Int, input: Int, output: Int) -> (time: TimeSpan, name: String)? {
        let limits = limits(model)
        func sum(_ rate: (Limits) -> Double?) -> Double? {
            let rates = limits.map(rate)
            return rates.isEmpty || rates.contains { $0 == nil } ? nil : rates.reduce(0) { $0 + ($1 ?? 0) }
        }
        var bounds: [(seconds: Double, name: String)] = []
        func perMinute(_ count: Int, _ rate: (Limits) -> Double?, _ name: String) {
            if let rate = sum(rate) { bounds.append((Double(count) * 60 / rate, name)) }
        }
        // What one day allows goes at once; then the next has to come.
        func perDay(_ count: Int, _ rate: (Limits) -> Double?, _ name: String) {
            if let rate = sum(rate) { bounds.append((max(0, (Double(count) / rate).rounded(.up) - 1) * 86_400, name)) }
        }
        perMinute(requests, \.fewestRequestsPerMinute, "requests/min")
        perMinute(input + output, \.tokensPerMinute, "tokens/min")
        perMinute(input, \.inputTokensPerMinute, "prompt tokens/min")
        perMinute(output, \.outputTokensPerMinute, "answer tokens/min")
        perDay(requests, \.requestsPerDay, "requests/day")
        perDay(input + output, \.tokensPerDay, "tokens/day")
        return bounds.max { $0.seconds < $1.seconds }.map { (.seconds($0.seconds), $0.name) }
    }

    /// Requests in flight that the accounts allow together; nil without a bound.
    var concurrency: Int? {
        let slots = accounts.map(\.limits.concurrency)
        return slots.isEmpty || slots.contains { $0 == nil } ? nil : slots.reduce(0) { $0 + ($1 ?? 0) }
    }
}

extension Limits {
    /// The strictest of the limits of requests, by the minute.
    fileprivate var fewestRequestsPerMinute: Double? {
        [requestsPerMinute, requestsPerSecond.map { $0 * 60 }, minimumInterval.map { 60 / max($0.seconds, 1e-9) }]
            .compactMap(\.self).min()
    }
}
