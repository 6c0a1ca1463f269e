import SluiceCore

/// What shares limits: the quotas of an account and the credentials that draw on them.
struct Account: Sendable {
    /// A day or month quota that is gone.
    struct Parking: Sendable {
        let until: Instant
        let reason: String
    }

    let name: String
    let concurrency: Int
    var credentials: [Credential]
    var requests: GCRA?
    var tokens: TokenBucket?
    var learned: LearnedRate
    var rest = ThrottleRest()
    var trust = Trust()
    var parking: Parking?
    var inFlight = 0
    var granted = 0
    var throttled = 0
    /// Whether a refusal has to be digested before the next grant.
    var isResting = false

    init(_ policy: AdmissionPolicy.Account, patience: TimeSpan) {
        name = policy.name
        concurrency = policy.limits.concurrency.map { max(1, $0) } ?? .max
        credentials = policy.credentials.map { Credential(label: $0) }
        requests = policy.limits.requestsPerMinute.map { GCRA(perMinute: $0) }
        tokens = policy.limits.tokensPerMinute.map { TokenBucket(perMinute: $0) }
        learned = LearnedRate(ceiling: policy.limits.requestsPerMinute.map { $0 / 60 }, patience: patience)
    }

    var isRetired: Bool { !credentials.contains(where: \.isLive) }

    /// When the next request may go, whatever its tokens; never if that depends on answers or on nothing at all.
    var due: Instant {
        if isRetired || inFlight >= concurrency { return .never }
        var due = max(learned.due, rest.until)
        if let requests { due = max(due, requests.due) }
        if let parking { due = max(due, parking.until) }
        return due
    }

    /// When a request of so many tokens may go.
    func due(tokens count: Int, now: Instant) -> Instant {
        guard let tokens, count > 0 else { return due }
        return max(due, tokens.due(count, now: now))
    }

    /// Whether a request of so many tokens can ever go.
    func fits(tokens count: Int) -> Bool { tokens?.fits(count) ?? true }

    /// The live credential that was used least recently, another than `avoided` if there is one.
    func nextCredential(avoiding avoided: Int?) -> Int? {
        var best: Int?
        var fallback: Int?
        for index in credentials.indices where credentials[index].isLive {
            if index == avoided {
                fallback = index
            } else if best.map({ credentials[index].lastUse < credentials[$0].lastUse }) ?? true {
                best = index
            }
        }
        return best ?? fallback
    }

    /// Digests a rest that is over.
    mutating func resume(now: Instant) {
        isResting = false
        parking = nil
        requests?.restart(now: now)
        tokens?.empty(now: now)
        learned.resume(now: now)
    }

    /// Counts a request that goes now.
    mutating func take(credential: Int, tokens count: Int, serial: UInt64, now: Instant) {
        inFlight += 1
        granted += 1
        credentials[credential].inFlight += 1
        credentials[credential].granted += 1
        credentials[credential].lastUse = serial
        if requests != nil {
            if let fraction = trust.recovered(now: now) { requests?.slow(to: fraction) }
            requests?.take(now: now)
        }
        if count > 0 { tokens?.take(count, now: now) }
        learned.take(now: now)
        if inFlight >= concurrency { learned.noteFull() }
    }

    /// Takes note of a refusal for the rate; returns the rest if it opens an episode.
    mutating func refuse(_ grant: Grant, hint: TimeSpan?, now: Instant, using random: inout SplitMix64) -> TimeSpan? {
        throttled += 1
        credentials[grant.credential.credential].throttled += 1
        learned.refuse(sentAt: grant.sentAt, now: now)
        let wait = rest.refuse(sentAt: grant.sentAt, hint: hint, now: now, using: &random)
        guard wait != nil else { return nil }
        isResting = true
        if requests != nil {
            if !trust.cut(now: now) { learned.isTrusting = false }
            requests?.slow(to: trust.fraction)
        }
        return wait
    }

    /// What holds back a request of so many tokens.
    func cause(tokens count: Int, now: Instant) -> AdmissionMachine.Wait.Cause {
        if let parking, parking.until > now { return .quota(account: name, reason: parking.reason) }
        if rest.until > now { return .retryAfter(account: name) }
        if inFlight >= concurrency { return .concurrency(account: name) }
        let pace = due
        if let tokens, count > 0, tokens.due(count, now: now) >= pace { return .tokensPerMinute(account: name) }
        if let requests, requests.due == pace { return .requestsPerMinute(account: name) }
        return learned.isOpening ? .opening(account: name) : .learnedRate(account: name)
    }
}
