package import SluiceCore

extension AdmissionMachine {
    /// What the next request waits for, and how long; nil if nothing waits.
    package func waiting(now: Now) -> Wait? {
        let now = now.mono
        guard let head = line.head else {
            guard line.nextLater < .never else { return nil }
            if line.nextLater <= now {
                return Wait(cause: .retryBudget, time: Self.span(until: retries.due(now: now), now: now))
            }
            return Wait(cause: .backoff, time: Self.span(until: line.nextLater, now: now))
        }
        if openCircuits > 0, let (trouble, due) = obstruction(head.model) {
            return Wait(cause: .endpoint(trouble), time: Self.span(until: due, now: now))
        }
        if inFlight.count >= concurrency { return Wait(cause: .totalConcurrency, time: nil) }
        if let total, total.due > now {
            return Wait(cause: .totalRequestsPerMinute, time: Self.span(until: total.due, now: now))
        }
        // The account that will be free first; one that waits for answers only counts when there is no other.
        let live = accounts.indices.filter {
            let quota = quotas[quotaIndex($0, head.model)]
            return quota.isServed && quota.obstacle(head.demand) == nil
        }
        if live.isEmpty { return missingKeys.map { Wait(cause: .keys(reasons: $0), time: nil) } }
        let isSaved = savings[head.model]
        let dues = live.map {
            var quota = quotas[quotaIndex($0, head.model)]
            return quota.due(head.demand, isHead: isSaved == $0, now: now)
        }
        guard let first = dues.indices.min(by: { dues[$0] < dues[$1] }) else { return nil }
        var quota = quotas[quotaIndex(live[first], head.model)]
        return Wait(
            cause: quota.cause(head.demand, account: accounts[live[first]].name, now: now),
            time: Self.span(until: dues[first], now: now))
    }

    /// The state of everything at this moment.
    package func snapshot(now: Now) -> Snapshot {
        Snapshot(
            waiting: line.count, inFlight: inFlight.count, outage: line.queues.indices.lazy.compactMap(outage).first,
            accounts: accounts.indices.map { snapshot(of: $0, now: now.mono) })
    }

    /// An account over all its models; the rate is that of the model that was used most.
    private func snapshot(of index: Int, now: Instant) -> Snapshot.Account {
        let account = accounts[index]
        let models = line.queues.indices.map { quotas[quotaIndex(index, $0)] }
        let main = models.max { $0.granted < $1.granted } ?? models[0]
        let learned = main.learned.rate.map { $0 * 60 }
        let given = main.requests.perMinute
        return Snapshot.Account(
            name: account.name, state: state(of: account, models, now: now),
            inFlight: models.reduce(0) { $0 + $1.inFlight }, granted: models.reduce(0) { $0 + $1.granted },
            throttled: models.reduce(0) { $0 + $1.throttled },
            requestsPerMinute: learned.map { min($0, given ?? .infinity) } ?? given,
            isLearned: learned.map { $0 < given ?? .infinity } ?? false, concurrency: main.adaptive?.limit,
            bestConcurrency: main.adaptive?.best,
            credentials: account.credentials.map {
                Snapshot.Credential(
                    label: $0.label, state: $0.retired.map(Snapshot.State.retired) ?? .active, inFlight: $0.inFlight,
                    granted: $0.granted, throttled: $0.throttled)
            })
    }

    /// What may be done with an account: active if any of its models may be asked.
    private func state(of account: Account, _ models: [Quota], now: Instant) -> Snapshot.State {
        if account.isRetired { return .retired(reason: account.credentials.last?.retired ?? "") }
        let states = models.filter(\.isServed).map { quota in
            if let parking = quota.parking, parking.until > now {
                return Snapshot.State.parked(until: parking.until, reason: parking.reason)
            }
            return quota.rest.until > now ? .throttled(until: quota.rest.until) : .active
        }
        return states.contains(.active) ? .active : states.first ?? .active
    }

    private static func span(until moment: Instant, now: Instant) -> TimeSpan? {
        moment < .never ? max(.zero, moment - now) : nil
    }
}
