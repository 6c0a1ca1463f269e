import SluiceCore

/// The limits of an account for one model, shared by the account's credentials.
struct Quota: Sendable {
    /// A day or month quota that is gone.
    struct Parking: Sendable {
        let until: Instant
        let reason: String
    }

    private let concurrency: Int
    /// Whether a credential of the account is left for the model.
    var isServed: Bool
    var requests: RequestMeter
    var tokens: TokenMeter
    /// Parts of the day's limits; nil if there are none, or if they are counted here.
    var leases: DayLeases?
    var learned: LearnedRate
    private var atOnce = LearnedConcurrency()
    /// What is found by trying; nil if nobody asked for that.
    private(set) var adaptive: AdaptiveConcurrency?
    private var overloads = OverloadTest()
    private var test = RefusalTest()
    private var trial = LoadTrial()
    private var requestWindow = ToldWindow()
    private var tokenWindow = ToldWindow()
    private let dayEnds: Instant
    /// Whether the episode is a single refusal, which was expected at such a pace.
    private var isSingle = false
    /// The least load of the refusals that may become an episode.
    private var least = Int.max
    var rest = ThrottleRest()
    var trust = Trust()
    var parking: Parking?
    /// When the circuits of the endpoint and of the credentials let something through again.
    var cutUntil = Instant(nanoseconds: .min)
    var inFlight = 0
    var granted = 0
    /// How many went, given back or not.
    private(set) var sends = 0
    var throttled = 0
    private(set) var answers = 0
    /// Whether a refusal has to be digested before the next grant.
    var isResting = false

    init(
        _ limits: Limits, isServed: Bool, dayEnds: Instant, sharesDays: Bool = false, patience: TimeSpan,
        slots: Int = .max
    ) {
        var limits = limits
        if sharesDays {
            leases = DayLeases(limits)
            limits.requestsPerDay = nil
            limits.tokensPerDay = nil
        }
        self.isServed = isServed
        self.dayEnds = dayEnds
        concurrency = limits.concurrency.map { max(1, $0) } ?? .max
        if limits.findsConcurrency { adaptive = AdaptiveConcurrency(most: min(concurrency, slots)) }
        requests = RequestMeter(limits, dayEnds: dayEnds)
        tokens = TokenMeter(limits, dayEnds: dayEnds)
        learned = LearnedRate(ceiling: requests.perMinute.map { $0 / 60 }, patience: patience)
    }

    /// How many may be in flight, whatever refusals say.
    var full: Int { min(concurrency, adaptive?.limit ?? .max) }

    /// When the next request may go, whatever its tokens; never if that depends on answers or on nothing at all.
    ///
    /// It changes nothing; it is mutating so that it is called in place, where a copy would cost more than the answer.
    mutating func due() -> Instant {
        if !isServed || inFlight >= min(full, atOnce.limit) { return .never }
        var due = max(learned.due, rest.until)
        due = max(due, requests.due)
        due = max(due, cutUntil)
        if let parking { due = max(due, parking.until) }
        if let leases { due = max(due, leases.due) }
        return due
    }

    /// When a request of such a demand may go.
    mutating func due(_ demand: TokenDemand, isHead: Bool = false, now: Instant) -> Instant {
        guard weighs else { return due() }
        return max(due(), weightDue(demand, isHead: isHead, now: now))
    }

    /// Whether requests differ in what they take.
    var weighs: Bool { tokens.isLimited || leases?.weighs ?? false }

    /// When a request of such a demand may go, as far as its tokens and its price decide.
    mutating func weightDue(_ demand: TokenDemand, isHead: Bool, now: Instant) -> Instant {
        let count = demand.charged(tokens.charge)
        let due = tokens.due(count, isHead: isHead, now: now)
        guard let leases else { return due }
        return max(due, leases.due(count.total, demand.ceiling))
    }

    /// The limit that a request can never meet, if there is one.
    func obstacle(_ demand: TokenDemand) -> (needs: Int, limit: Int)? {
        guard weighs else { return nil }
        let count = demand.charged(tokens.charge)
        if let leases, Double(count.total) > leases.mostTokens { return (count.total, Int(leases.mostTokens)) }
        return tokens.isLimited ? tokens.obstacle(count) : nil
    }

    /// What may be spent in a day, if that is never enough for such a request.
    func moneyObstacle(_ demand: TokenDemand) -> Money? {
        leases?.mostMoney.flatMap { demand.ceiling > $0 ? $0 : nil }
    }

    /// So many tokens surely fit into every limit, whatever their kind.
    var safeTokens: Double { min(tokens.safeTokens, leases?.mostTokens ?? .infinity) }

    /// Takes over the limits that the provider tells and never goes above them; returns whether any changed.
    mutating func learn(_ told: ToldLimits, now: Instant) -> Bool {
        var isNews = false
        if let reading = told.requests, let window = requestWindow.read(reading) {
            if window == .seconds(86_400) {
                requests.lower(
                    toDay: reading.limit, remaining: reading.remaining,
                    ends: min(dayEnds, now + (reading.reset ?? window)), now: now)
            } else {
                if requests.hear(reading.limit * 60 / window.seconds, now: now) {
                    learned.believe(requests.limit / 60)
                    isNews = true
                }
            }
        }
        if let reading = told.tokens, tokenWindow.read(reading) == .seconds(60) {
            isNews = tokens.hear(.total, reading.limit, remaining: reading.remaining, now: now) || isNews
        }
        if let reading = told.inputTokens, reading.isPerMinute {
            isNews = tokens.hear(.input, reading.limit, remaining: reading.remaining, now: now) || isNews
        }
        if let reading = told.outputTokens, reading.isPerMinute {
            isNews = tokens.hear(.output, reading.limit, remaining: reading.remaining, now: now) || isNews
        }
        return isNews
    }

    /// Digests a rest that is over.
    mutating func resume(now: Instant) {
        isResting = false
        parking = nil
        requests.restart(now: now)
        tokens.empty(now: now)
        let isExplained = learned.resume(isSingle: isSingle, now: now)
        // What the limit has surely refused is no chance, however far from other refusals.
        if isExplained { test.clear() }
    }

    /// Counts a request that goes now; returns the tokens reserved for it.
    mutating func take(_ demand: TokenDemand, isHead: Bool, now: Instant) -> TokenUse {
        inFlight += 1
        granted += 1
        sends += 1
        atOnce.take(inFlight: inFlight, now: now)
        follow(trial.take(number: sends, now: now), now: now)
        if let fraction = trust.recovered(now: now) {
            requests.slow(to: fraction)
            tokens.slow(to: fraction, now: now)
        }
        requests.take(now: now)
        learned.take(now: now)
        if inFlight >= full { learned.noteFull() }
        adaptive?.send(number: sends, inFlight: inFlight, now: now)
        guard weighs || leases != nil else { return demand.expected }
        let count = demand.charged(tokens.charge)
        leases?.take(count.total, demand.ceiling)
        tokens.take(count, isHead: isHead, now: now)
        return count
    }

    /// Takes note that a request is no longer in flight.
    /// - Parameter isLost: Whether nothing gets through to the endpoint, which says nothing of how many it bears.
    mutating func land(_ grant: Grant, _ settlement: Settlement, isLost: Bool, now: Instant) {
        inFlight -= 1
        guard let limit = adaptive?.limit else { return }
        let ending: AdaptiveConcurrency.Ending? =
            switch settlement {
            case .answered(let tokens): .answered(tokens: tokens?.output)
            case .failed, .overloaded: isLost || grant.isProbe ? nil : .failed
            // What is refused at a lower load is refused for something else.
            case .throttled: grant.load * 10 >= limit * 9 ? .failed : nil
            case .abandoned, .parked, .retired, .barred, .unreachable, .misdirected, .returned: nil
            }
        adaptive?.end(
            ending, number: grant.number, after: now - grant.sentAt, inFlight: inFlight, now: now)
    }

    /// Takes note of what the server says of itself.
    mutating func note(_ gauges: ServerGauges, now: Instant) {
        adaptive?.note(gauges, inFlight: inFlight, now: now)
    }

    /// Takes back a request that did not go after all; its tokens apart.
    mutating func giveBack(sentAt: Instant, now: Instant) {
        granted -= 1
        requests.giveBack(sentAt: sentAt, now: now)
        learned.giveBack(sentAt: sentAt)
        leases?.correct(.requests, by: 1, sentAt: sentAt)
    }

    /// Takes note of an answer.
    mutating func answer(_ grant: Grant, now: Instant) {
        answers += 1
        overloads.answer()
        rest.answer(sentAt: grant.sentAt)
    }

    /// Takes note that the server says it has too much to do, and perhaps for how long.
    ///
    /// Among answers it comes from too many at once, if it comes often. Where nothing is answered, it is an outage: that
    /// is the circuit's affair, and here only the wait is kept.
    mutating func overload(_ grant: Grant, wait: TimeSpan?, isLost: Bool, now: Instant) {
        if !isLost {
            // What is found by trying takes it as any other failure.
            guard adaptive == nil, !atOnce.explains(load: grant.load, now: now) else { return }
            guard let load = overloads.add(load: grant.load) else { return }
            atOnce.suppose(load: load, delay: now - grant.sentAt, now: now)
        }
        if let wait { rest.hold(until: now + wait) }
    }

    /// Takes note of a refusal; returns the rest if it opens an episode.
    ///
    /// It may come from too many at once, then that is held below; or by chance, then nothing follows from it. What is
    /// left is the rate, and the account rests.
    mutating func refuse(_ grant: Grant, hint: TimeSpan?, now: Instant, using random: inout SplitMix64) -> TimeSpan? {
        throttled += 1
        if atOnce.explains(load: grant.load, now: now) {
            learned.giveBack(sentAt: grant.sentAt)
            trial.discount()
            return nil
        }
        learned.refuse(sentAt: grant.sentAt, now: now)
        if !isResting {
            // The account has rested for this one already.
            if rest.covers(sentAt: grant.sentAt) { return nil }
            least = min(least, grant.load)
            let isLoad = test.refuse(number: grant.number, sentAt: grant.sentAt)
            if test.pending.count == 1 { least = grant.load }
            for moment in test.forgiven { learned.forgive(sentAt: moment) }
            guard isLoad || (learned.isAtLimit && !test.isSeasoned) else {
                follow(trial.refuse(number: grant.number, now: now), now: now)
                return nil
            }
            isSingle = !isLoad
        } else if rest.covers(sentAt: grant.sentAt) {
            atOnce.refine(load: grant.load)
        }
        let wait = rest.refuse(sentAt: grant.sentAt, hint: hint, now: now, using: &random)
        guard wait != nil else { return nil }
        isResting = true
        if !isSingle { test.clear() }
        trial.clear()
        atOnce.suppose(load: least, delay: now - grant.sentAt, now: now)
        if requests.perMinute != nil || tokens.isLimited {
            if !trust.cut(now: now) { learned.isTrusting = false }
            requests.slow(to: trust.fraction)
            tokens.slow(to: trust.fraction, now: now)
        }
        return wait
    }

    /// Until when such a request waits for a day's limit, and for which; nil if it does not.
    func dayEnd(_ demand: TokenDemand, now: Instant) -> (until: Instant, reason: String)? {
        if let parking, parking.until > now { return (parking.until, parking.reason) }
        let count = demand.charged(tokens.charge)
        if let spent = leases?.spent(count.total, demand.ceiling), spent.until > now {
            return (spent.until, spent.kind.name)
        }
        if requests.isSpent(now: now) { return (requests.due, DayKind.requests.name) }
        return nil
    }

    private mutating func follow(_ step: LoadTrial.Step, now: Instant) {
        switch step {
        case .goOn: break
        case .slowDown(let rate): learned.slowDown(to: rate, now: now)
        case .wasChance: learned.goOn(now: now)
        case .wasLoad(let limit):
            learned.settle(at: limit, now: now)
            test.unlearn()
        }
    }

    /// What holds back a request.
    mutating func cause(_ demand: TokenDemand, account name: String, now: Instant) -> AdmissionMachine.Wait.Cause {
        if let parking, parking.until > now { return .quota(account: name, reason: parking.reason) }
        if rest.until > now { return .retryAfter(account: name) }
        if inFlight >= min(full, atOnce.limit) {
            return inFlight >= adaptive?.limit ?? .max ? .foundConcurrency(account: name) : .concurrency(account: name)
        }
        let pace = due()
        if let leases {
            let count = demand.charged(tokens.charge).total
            if let spent = leases.spent(count, demand.ceiling) {
                return .quota(account: name, reason: spent.kind.name)
            }
            if leases.due(count, demand.ceiling) == .never { return .dayCounter(account: name) }
        }
        if requests.isSpent(now: now) { return .quota(account: name, reason: "requests per day") }
        if tokens.isLimited {
            let count = demand.charged(tokens.charge)
            if tokens.isSpent(count, now: now) { return .quota(account: name, reason: "tokens per day") }
            if count.total > 0, tokens.due(count, isHead: true, now: now) >= pace {
                return .tokensPerMinute(account: name)
            }
        }
        if requests.due == pace { return .requestsPerMinute(account: name) }
        return learned.isOpening ? .opening(account: name) : .learnedRate(account: name)
    }
}
