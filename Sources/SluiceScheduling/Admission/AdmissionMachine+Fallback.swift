import SluiceCore

/// Models that step in for others; who asks them is the caller's affair.
extension AdmissionMachine {
    /// Refuses what waits for a model to which nothing gets through while another one could answer.
    ///
    /// Requests that find the circuit half open are let through, one at a time, so the model is found again.
    mutating func handOver(now: Instant, into actions: inout [Action]) {
        for model in line.queues.indices where line.queues[model].count > 0 {
            guard let (trouble, due) = obstruction(model), due > now else { continue }
            let present = self
            for waiting in line.removeAll(of: model, where: { present.hasFallback($0, now: now) }) {
                actions.append(.refuse(waiting.ticket, .outage(reason: trouble.text)))
            }
        }
        releaseSavings(now: now)
    }

    /// Refuses what waits for a key that may never come while another model could answer; returns when to look again.
    ///
    /// When it came none could. That changes with circuits, days and leases, so it is looked at once a second.
    mutating func handOverLost(now: Instant, into actions: inout [Action]) -> Instant {
        guard policy.awaitsKeys != nil, !policy.fallbacks.isEmpty else { return .never }
        let lost = line.queues.indices.filter { line.queues[$0].count > 0 && !isServed($0) }
        guard !lost.isEmpty else { return .never }
        guard nextLook <= now else { return nextLook }
        nextLook = now + .seconds(1)
        refuseLost(now: now, into: &actions)
        return nextLook
    }

    /// Whether one of the models that may be asked instead could answer a request before long.
    func hasFallback(_ request: Waiting, now: Instant) -> Bool {
        hasFallback(request.fallback, request.demand, now: now)
    }

    /// The same by the number of the models.
    func hasFallback(_ fallback: Int, _ demand: TokenDemand, now: Instant) -> Bool {
        guard fallback > 0, fallback <= policy.fallbacks.count else { return false }
        return policy.fallbacks[fallback - 1].contains { model in
            accounts.indices.contains { account in
                let quota = quotas[quotaIndex(account, model)]
                guard quota.isServed, quota.cutUntil <= now, quota.obstacle(demand) == nil else { return false }
                return quota.dayEnd(demand, now: now).map { $0.until <= now + policy.fallbackPatience } ?? true
            }
        }
    }
}
