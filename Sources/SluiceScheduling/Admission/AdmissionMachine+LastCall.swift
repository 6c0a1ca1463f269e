import SluiceCore

/// Rows that fail for what they are, and look like an outage while nothing else is tried.
extension AdmissionMachine {
    /// How long an outage may last without costing a row: where no more rows come, and where they do.
    private static let drainedPatience = TimeSpan.seconds(600)
    private static let patience = TimeSpan.seconds(7200)

    /// The request that tries an account with which nothing gets through, instead of the head; nil for the head itself.
    ///
    /// What failed before may fail for what it is, and rows of a kind stand together: of those that have not failed
    /// the one that is farthest behind goes.
    func prober(insteadOf head: Waiting, by account: Int, now: Instant) -> (request: Waiting, place: Int)? {
        guard isFailing(account, head.model, now: now) else { return nil }
        for model in [head.model] + line.queues.indices.filter({ $0 != head.model }) {
            guard let place = line.queues[model].lastFresh else { continue }
            var quota = quotas[quotaIndex(account, model)]
            let request = line.queues[model][place]
            if quota.due(request.demand, now: now) <= now { return (request, place) }
        }
        return nil
    }

    /// Whether the next request of an account tries an endpoint or a credential that fails everything.
    private func isFailing(_ account: Int, _ model: ModelIndex, now: Instant) -> Bool {
        if endpoints[accounts[account].endpoint].circuit.isFailing { return true }
        let next = accounts[account].nextCredential(for: model, avoiding: nil, now: now)
        return next.map { accounts[account].credentials[$0].circuit.isFailing } ?? false
    }

    /// Whether a request waits for the end of the last call, which is for those that have failed.
    func isHeldBack(_ request: Waiting, by account: Int) -> Bool {
        !request.isRetry && endpoints[accounts[account].endpoint].circuit.isLastCall
    }

    /// Begins the last call where only rows are left that have failed and nothing but these can be tried, and ends it where
    /// there is more to try; returns when one may be due.
    mutating func callLast(now: Instant, into actions: inout [Action]) -> Instant {
        for endpoint in endpoints.indices
        where endpoints[endpoint].circuit.isLastCall && hasMore(than: endpoint) {
            endpoints[endpoint].circuit.tryAgain(now: now)
            cut(endpoint: endpoint)
        }
        let isStuck = line.queues.indices.contains { line.queues[$0].count > 0 && obstruction($0) != nil }
        guard isStuck, !line.hasFresh else { return .never }
        let isLone = isDrained && line.count + inFlight.count == 1
        var next = Instant.never
        for endpoint in endpoints.indices {
            // A single row that is misdirected says nothing of the endpoint.
            let isOfRow = isLone && endpoints[endpoint].circuit.trouble?.isMisdirection ?? false
            let patience = isOfRow ? .zero : isDrained ? Self.drainedPatience : Self.patience
            let due = endpoints[endpoint].circuit.lastCall(after: patience)
            guard due <= now else {
                next = min(next, due)
                continue
            }
            endpoints[endpoint].circuit.callLast()
            if !isOfRow { actions.append(.notice(.lastCall(endpoint: endpoints[endpoint].name, after: patience))) }
            cut(endpoint: endpoint)
        }
        return next
    }

    /// Whether something else can be tried than what has failed at an endpoint: another one that gets through, or, once none
    /// of these is left, a row that has not failed.
    private func hasMore(than endpoint: Int) -> Bool {
        let isElsewhere = endpoints.indices.contains { endpoints[$0].circuit.isClosed && isServed(by: $0) }
        if isElsewhere { return true }
        return line.hasFresh && !line.hasRetries
            && endpoints[endpoint].accounts.allSatisfy { account in
                line.queues.indices.allSatisfy { quotas[quotaIndex(account, $0)].inFlight == 0 }
            }
    }

    /// Whether an endpoint has a model for which something waits.
    private func isServed(by endpoint: Int) -> Bool {
        endpoints[endpoint].accounts.contains { account in
            line.queues.indices.contains {
                line.queues[$0].count > 0 && quotas[quotaIndex(account, $0)].isServed
            }
        }
    }
}
