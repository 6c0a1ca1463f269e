package import SluiceCore

extension AdmissionMachine {
    /// What the next request waits for, and how long; nil if nothing waits.
    package func waiting(now: Now) -> Wait? {
        let now = now.mono
        guard let head = line.head else {
            guard line.nextLater < .never else { return nil }
            return Wait(cause: .backoff, time: Self.span(until: line.nextLater, now: now))
        }
        if let reason = outage.reason {
            return Wait(cause: .endpoint(reason: reason), time: Self.span(until: outage.due, now: now))
        }
        if inFlight.count >= concurrency { return Wait(cause: .totalConcurrency, time: nil) }
        if let total, total.due > now {
            return Wait(cause: .totalRequestsPerMinute, time: Self.span(until: total.due, now: now))
        }
        // The account that will be free first; one that waits for answers only counts when there is no other.
        let live = accounts.filter { !$0.isRetired && $0.fits(tokens: head.tokens) }
        let dues = live.map { $0.due(tokens: head.tokens, now: now) }
        guard let first = dues.indices.min(by: { dues[$0] < dues[$1] }) else { return nil }
        return Wait(
            cause: live[first].cause(tokens: head.tokens, now: now), time: Self.span(until: dues[first], now: now))
    }

    /// The state of everything at this moment.
    package func snapshot(now: Now) -> Snapshot {
        Snapshot(
            waiting: line.count, inFlight: inFlight.count, outage: outage.reason,
            accounts: accounts.map { Self.snapshot(of: $0, now: now.mono) })
    }

    private static func snapshot(of account: Account, now: Instant) -> Snapshot.Account {
        var state = Snapshot.State.active
        if account.isRetired {
            state = .retired(reason: account.credentials.last?.retired ?? "")
        } else if let parking = account.parking, parking.until > now {
            state = .parked(until: parking.until, reason: parking.reason)
        } else if account.rest.until > now {
            state = .throttled(until: account.rest.until)
        }
        let learned = account.learned.rate.map { $0 * 60 }
        let given = account.requests?.perMinute
        return Snapshot.Account(
            name: account.name, state: state, inFlight: account.inFlight, granted: account.granted,
            throttled: account.throttled,
            requestsPerMinute: learned.map { min($0, given ?? .infinity) } ?? given,
            isLearned: learned.map { $0 < given ?? .infinity } ?? false,
            credentials: account.credentials.map {
                Snapshot.Credential(
                    label: $0.label, state: $0.retired.map(Snapshot.State.retired) ?? .active, inFlight: $0.inFlight,
                    granted: $0.granted, throttled: $0.throttled)
            })
    }

    private static func span(until moment: Instant, now: Instant) -> TimeSpan? {
        moment < .never ? max(.zero, moment - now) : nil
    }
}
