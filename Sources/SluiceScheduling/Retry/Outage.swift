package import SluiceCore

/// The state of an endpoint: reachable, or lost and tried by one request at a time.
package struct Outage: Sendable {
    private enum State: Sendable {
        case reachable
        case lost(since: Instant, tries: Int, next: Instant, probe: UInt64?, reason: String)
        case hopeless(since: Instant, reason: String)
    }

    private static let backoff = Backoff(base: .seconds(1), cap: .seconds(15))
    private let waitReady: TimeSpan
    private var state = State.reachable
    private var hasAnswered = false

    /// An endpoint that is given so long to answer for the first time.
    package init(waitReady: TimeSpan) {
        self.waitReady = waitReady
    }

    /// Whether requests flow as usual.
    package var isReachable: Bool {
        if case .reachable = state { true } else { false }
    }

    /// Why the endpoint cannot be reached, or nil if it can.
    package var reason: String? {
        switch state {
        case .reachable: nil
        case .lost(_, _, _, _, let reason), .hopeless(_, let reason): reason
        }
    }

    /// Why the endpoint was given up, or nil if it was not.
    package var givenUp: String? {
        if case .hopeless(_, let reason) = state { reason } else { nil }
    }

    /// When the next single request may go: never while one is on its way.
    package var due: Instant {
        switch state {
        case .reachable: Instant(nanoseconds: .min)
        case .lost(_, _, let next, let probe, _): probe == nil ? next : .never
        case .hopeless: .never
        }
    }

    /// When an endpoint that has never answered is given up; never for others.
    package var deadline: Instant {
        if case .lost(let since, _, _, _, _) = state, !hasAnswered { since + waitReady } else { .never }
    }

    /// Takes note of the request that tries the lost endpoint.
    package mutating func probe(_ grant: UInt64) {
        guard case .lost(let since, let tries, let next, nil, let reason) = state else { return }
        state = .lost(since: since, tries: tries, next: next, probe: grant, reason: reason)
    }

    /// Takes note that a request did not reach the endpoint; returns whether this is news.
    package mutating func fail(_ grant: UInt64, reason: String, now: Instant, using random: inout SplitMix64) -> Bool {
        switch state {
        case .reachable:
            let next = now + Self.wait(after: 1, using: &random)
            state = .lost(since: now, tries: 1, next: next, probe: nil, reason: reason)
            return true
        case .lost(let since, let tries, _, let probe, _):
            // Requests that were on their way when the endpoint was lost fail in a heap; only the probe tells more.
            guard probe == grant else { return false }
            let next = now + Self.wait(after: tries + 1, using: &random)
            state = .lost(since: since, tries: tries + 1, next: next, probe: nil, reason: reason)
            return false
        case .hopeless:
            return false
        }
    }

    /// Takes note that the endpoint replied to a request; returns how long it had been lost if it is back.
    ///
    /// Late replies to requests from before the loss prove nothing.
    package mutating func answer(_ grant: UInt64, sentAt: Instant, now: Instant) -> TimeSpan? {
        hasAnswered = true
        switch state {
        case .reachable: return nil
        case .lost(let since, _, _, let probe, _):
            guard probe == grant || sentAt > since else { return nil }
            state = .reachable
            return now - since
        case .hopeless(let since, _):
            state = .reachable
            return now - since
        }
    }

    /// Takes note that the probe was not sent after all: another may go at once.
    package mutating func withdraw(_ grant: UInt64, now: Instant) {
        guard case .lost(let since, let tries, _, grant, let reason) = state else { return }
        state = .lost(since: since, tries: tries, next: now, probe: nil, reason: reason)
    }

    /// Gives up an endpoint whose deadline has passed; returns whether it does so now.
    package mutating func expire(now: Instant) -> Bool {
        guard case .lost(let since, _, _, _, let reason) = state, deadline <= now else { return false }
        state = .hopeless(since: since, reason: reason)
        return true
    }

    /// Between one half and the whole of 1, 2, 4 … 15 s.
    private static func wait(after tries: Int, using random: inout SplitMix64) -> TimeSpan {
        .seconds(backoff.ceiling(attempt: tries).seconds * (1 + random.unit()) / 2)
    }
}
