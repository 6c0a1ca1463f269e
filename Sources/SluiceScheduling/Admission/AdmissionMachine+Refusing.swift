import SluiceCore

extension AdmissionMachine {
    /// Why a request is refused at once, if it is.
    func refusal(model: ModelIndex, _ demand: TokenDemand, fallback: Int, now: Instant) -> Refusal? {
        if isStopped { return .stopped }
        if openCircuits > 0, let refusal = givenUp(model) { return refusal }
        if router.earliest(model) == .never, !isServed(model) {
            let isExhausted = accounts.allSatisfy(\.isRetired)
            if hasAnswered, let awaited = policy.awaitsKeys, isExhausted || awaited.contains(model),
                !hasFallback(fallback, demand, now: now)
            {
                return nil
            }
            return isExhausted ? .exhausted(reasons: reasons) : .barred(reasons: reasons(for: model))
        }
        return obstacle(model: model, demand)
    }

    private func refusal(of waiting: Waiting, now: Instant) -> Refusal? {
        refusal(model: waiting.model, waiting.demand, fallback: waiting.fallback, now: now)
    }

    mutating func refuseAll(_ refusal: Refusal, now: Instant, into actions: inout [Action]) {
        for waiting in line.removeAll(where: { _ in true }) { actions.append(.refuse(waiting.ticket, refusal)) }
        releaseSavings(now: now)
    }

    /// Refuses what waits for a credential or for a limit that is gone.
    mutating func refuseLost(now: Instant, into actions: inout [Action]) {
        let present = self
        let lost = line.removeAll { present.refusal(of: $0, now: now) != nil }
        for waiting in lost {
            guard let refusal = refusal(of: waiting, now: now) else { continue }
            actions.append(.refuse(waiting.ticket, refusal))
        }
        releaseSavings(now: now)
    }

    /// Gives up saving for heads that are gone.
    mutating func releaseSavings(now: Instant) {
        for model in savings.indices where line.queues[model].standing == nil {
            if let account = savings[model] { quotas[quotaIndex(account, model)].tokens.release(now: now) }
            savings[model] = nil
        }
    }

    func isServed(_ model: ModelIndex) -> Bool {
        accounts.indices.contains { quotas[quotaIndex($0, model)].isServed }
    }

    /// The accounts that serve a request's model and can never carry that request itself.
    func accountsClosed(to request: Waiting) -> [Int] {
        guard mayBeTooLarge(request.demand) else { return [] }
        return accounts.indices.filter { account in
            let quota = quotas[quotaIndex(account, request.model)]
            guard quota.isServed else { return false }
            return quota.obstacle(request.demand) != nil || quota.moneyObstacle(request.demand) != nil
        }
    }

    /// Whether any limit could be too small for a request; nearly always none.
    private func mayBeTooLarge(_ demand: TokenDemand) -> Bool {
        let most = demand.expected.input + max(demand.expected.output, demand.maxOutput ?? 0)
        return demand.ceiling > router.safeMoney || Double(most) > router.safeTokens
    }

    private func obstacle(model: ModelIndex, _ demand: TokenDemand) -> Refusal? {
        guard mayBeTooLarge(demand) else { return nil }
        var money: Money?
        var nearest: (needs: Int, limit: Int)?
        for account in accounts.indices {
            let quota = quotas[quotaIndex(account, model)]
            guard quota.isServed else { continue }
            if let limit = quota.moneyObstacle(demand) {
                money = max(money ?? .zero, limit)
            } else if let obstacle = quota.obstacle(demand) {
                if nearest.map({ obstacle.limit > $0.limit }) ?? true { nearest = obstacle }
            } else {
                return nil
            }
        }
        if let money { return .tooDear(ceiling: demand.ceiling, limit: money) }
        return nearest.map { .tooLarge(needs: $0.needs, limit: $0.limit) }
    }

    /// Why each retired credential is, in the policy's order.
    private var reasons: [String] { reasons(\.retired) }

    func reasons(for model: ModelIndex) -> [String] { reasons { $0.retired ?? $0.barred[model] } }

    private func reasons(_ reason: (Credential) -> String?) -> [String] {
        accounts.flatMap { account in
            account.credentials.compactMap { key in
                // The only key of an account has no name of its own.
                reason(key).map { "\(key.label.isEmpty ? account.name : key.label): \($0)" }
            }
        }
    }
}
