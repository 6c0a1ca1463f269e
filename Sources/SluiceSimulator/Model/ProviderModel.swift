public import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The provider without its server: which request is answered, refused or broken, and when.
///
/// A pure state machine. It knows no clock, socket or thread; the server and simulations in virtual time share it.
/// Moments are the caller's and must not run backwards. With `speed` other than 1 its limits and delays are those of
/// the faster provider, in the caller's time.
///
/// ```swift
/// let verdict = model.arrive(request, now: now)
/// if let sequence = verdict.sequence {
///     // It ends when advance(to:) says so; ask for that at nextEvent, which every arrive and finish may change.
/// } else {
///     // It ends at now + verdict.delay.
/// }
/// model.finish(verdict, now: end)
/// ```
public struct ProviderModel: Sendable {
    /// A request that the engine has answered.
    public struct Departure: Sendable, Equatable {
        /// The ``Verdict/sequence`` of its verdict.
        public let sequence: Int
        /// When its last token was there.
        public let at: Instant
    }

    private let options: SimulatorOptions
    private let keys: KeyRing
    private var time: TimeScale
    private var hasStarted: Bool
    private var book: QuotaBook
    private var engine: BatchEngine?
    private var answersLeft: [String: Int]
    private var script: FaultScript
    /// The keys that a fault has ended.
    private var ended: [String: Fault.KeyEnd] = [:]
    private var arrivals: UInt64 = 0
    /// How often content has been let in and not been answered since.
    private var attempts: [UInt64: UInt64] = [:]

    /// A provider that nobody has asked anything yet; its windows are counted from `start`, or from the first request.
    public init(_ options: SimulatorOptions, start: Instant? = nil) {
        self.options = options
        keys = KeyRing(options)
        script = FaultScript(
            options.script + options.faults.rules(pause: options.sendsRetryAfter ? .seconds(1) : nil),
            seed: options.seed, speed: options.speed)
        answersLeft = options.answersUntilExhausted
        hasStarted = start != nil
        let start = start ?? Instant(nanoseconds: 0)
        time = TimeScale(start: start, speed: options.speed)
        book = QuotaBook(options, start: start)
        engine = options.engine.map { BatchEngine($0, start: start) }
    }

    /// Decides about a request that has come in.
    ///
    /// What is let through has been charged as ``SimulatorOptions/charging`` says and counts as in flight until
    /// ``finish(_:now:)``.
    public mutating func arrive(_ request: ProviderRequest, now: Instant) -> Verdict {
        if !hasStarted { start(at: now) }
        arrivals += 1
        var verdict = Verdict()
        let draw = script.draw(request, now: now)
        let fault = draw.fault
        if let fault, case .key(let end) = fault.kind {
            ended[request.key] = end
            verdict.fault = fault
            verdict.refusal = .end(of: request.key, end)
            verdict.delay = fault.delay
            return verdict
        }
        if let refusal = refusal(of: request.key) {
            script.takeBack(draw)
            verdict.fault = ended[request.key].map { Fault(.key($0)) }
            verdict.refusal = refusal
            return verdict
        }
        let inside = time.inside(now)
        let place = book.place(key: request.key, model: request.model, now: inside)
        if let fault, case .limits(let factor) = fault.kind {
            book.scale(by: factor, now: inside)
            verdict.fault = fault
            verdict.delay = fault.delay
        }
        if let fault, fault.replacesAnswer {
            verdict.refusal = fault.error
            verdict.fault = fault
            verdict.rates = rates(of: place, now: inside)
            verdict.delay = fault.delay
            return verdict
        }
        let charge = options.charging.onReceipt(request, usual: options.answerTokens)
        if let obstacle = book.quotas[place].obstacle(to: charge, now: inside) {
            if verdict.fault == nil { script.takeBack(draw) }
            verdict.refusal = refusal(request, charge, obstacle)
            verdict.rates = rates(of: place, now: inside)
            return verdict
        }
        letIn(request, charge, at: place, &verdict, now: now, inside: inside)
        if let fault {
            verdict.fault = fault
            verdict.delay = .seconds(verdict.delay.seconds + fault.delay.seconds)
            verdict.refusal = fault.error
        }
        return verdict
    }

    /// Decides about a request for the list of models, which no limit counts and which a key without money may make.
    func list(key: String) -> Verdict {
        var verdict = Verdict()
        guard let end = ended[key], end != .spent else { return verdict }
        verdict.fault = Fault(.key(end))
        verdict.refusal = .end(of: key, end)
        return verdict
    }

    /// Ends a request, however it ended: its tokens are corrected to what was used, and it is in flight no more.
    ///
    /// Call it once for each verdict; it does nothing for one that was not let through. A sequence that the engine has
    /// not answered yet is broken off.
    public mutating func finish(_ verdict: Verdict, now: Instant) {
        guard let hold = verdict.hold else { return }
        let inside = time.inside(now)
        book.finish(hold, now: inside)
        var isAnswered = true
        if let sequence = verdict.sequence, engine?.written(sequence) != nil {
            isAnswered = false
            engine?.cancel(sequence, now: inside)
        } else if verdict.sequence == nil {
            isAnswered = now >= hold.due
        }
        if isAnswered, !attempts.isEmpty, let content = hold.content { attempts[content] = nil }
    }

    /// What runs and what waits in the engine, and the use of its cache; nil without one.
    var load: (running: Int, waiting: Int, cacheUse: Double)? {
        engine.map { ($0.runningCount, $0.waitingCount, $0.cacheUse) }
    }

    /// When the engine answers next if no request comes or goes before, or nil if it has nothing to do.
    public var nextEvent: Instant? { engine?.nextEvent.map(time.outside) }

    /// Goes on to a moment and says which requests the engine has answered since the last call, in that order.
    public mutating func advance(to now: Instant) -> [Departure] {
        guard engine != nil else { return [] }
        let departures = engine?.advance(to: time.inside(now)) ?? []
        return departures.map { Departure(sequence: $0.sequence, at: min(now, time.outside($0.at))) }
    }

    /// The tokens of an answer that the engine has written by a moment, or nil if it has ended.
    ///
    /// Sequences that end meanwhile are kept for ``advance(to:)``.
    package mutating func tokensWritten(_ sequence: Int, now: Instant) -> Int? {
        engine?.written(sequence, now: time.inside(now)).map { Int($0) }
    }

    /// Why a key may ask nothing any more, or never might.
    private func refusal(of key: String) -> Refusal? {
        if !ended.isEmpty, let end = ended[key] { return .end(of: key, end) }
        if let refusal = keys.refusal(of: key) { return refusal }
        let hasSpentAll = keys.isExhausted(key) || !answersLeft.isEmpty && answersLeft[key] == 0
        return hasSpentAll ? .exhausted : nil
    }

    private mutating func start(at now: Instant) {
        hasStarted = true
        time = TimeScale(start: now, speed: options.speed)
        book = QuotaBook(options, start: now)
        engine = options.engine.map { BatchEngine($0, start: now) }
    }

    private mutating func letIn(
        _ request: ProviderRequest, _ charge: Charge, at place: Int, _ verdict: inout Verdict, now: Instant,
        inside: Instant
    ) {
        let luck = luck(of: request)
        let wanted = luck.answerTokens
        let answer = min(wanted, max(1, request.maxTokens ?? .max))
        verdict.answerTokens = answer
        verdict.isCutShort = answer < wanted
        verdict.outputTokens = answer * request.choices
        let used = Charge(
            input: request.promptTokens, output: verdict.outputTokens,
            total: request.promptTokens + verdict.outputTokens, generates: request.choices > 0)
        let inSequence = request.choices > 0 ? Double(answer) : 0
        let generation = engine == nil ? options.latency.perToken.seconds * inSequence : 0
        verdict.generation = time.outside(.seconds(generation))
        verdict.delay = time.outside(.seconds(luck.latency + generation))
        var hold = Hold(
            quota: place, charge: charge, used: used, content: request.content, due: now + verdict.delay)
        book.take(&hold, now: inside)
        verdict.hold = hold
        verdict.rates = rates(of: place, now: inside)
        if !answersLeft.isEmpty, let left = answersLeft[request.key] { answersLeft[request.key] = left - 1 }
        verdict.sequence = engine?.arrive(prompt: request.promptTokens, answer: verdict.outputTokens, now: inside)
    }

    /// The time to the first token and the length of an answer, as chance has it.
    private mutating func luck(of request: ProviderRequest) -> (latency: Double, answerTokens: Int) {
        let latency = options.latency
        var luck = (latency.median.seconds, options.answerTokens)
        guard latency.sigma > 0 || options.answerSigma > 0 else { return luck }
        var stream = arrivals
        if let content = request.content {
            // Each attempt has luck of its own, or a request that took too long once would do so for ever.
            let attempt = attempts[content, default: 0]
            attempts[content] = attempt + 1
            stream = SeededRandom.stream(content, attempt: attempt)
        }
        if latency.sigma > 0 {
            var random = SeededRandom(seed: options.seed, stream: stream)
            luck.0 *= exp(latency.sigma * random.normal())
        }
        if options.answerSigma > 0 {
            var random = SeededRandom(seed: ~options.seed, stream: stream)
            luck.1 = max(1, Int(min(1e9, Double(luck.1) * exp(options.answerSigma * random.normal()))))
        }
        return luck
    }

    private func rates(of place: Int, now: Instant) -> RateState {
        guard options.headers != .none else { return RateState() }
        return book.quotas[place].rates(now: now).outside(time)
    }

    private func refusal(_ request: ProviderRequest, _ charge: Charge, _ obstacle: Quota.Obstacle) -> Refusal {
        switch obstacle {
        case .tooLarge(let dimension, let limit):
            return .tooLarge(
                dimension, model: request.model, limit: RateState.announced(limit, dimension, time),
                requested: charge.requested(dimension))
        case .limit(let dimension, let limit, let left, let wait):
            let announced = RateState.announced(limit, dimension, time)
            return Refusal(
                LimitReached(
                    dimension: dimension, model: request.model, limit: announced,
                    used: announced - min(announced, left), requested: charge.requested(dimension),
                    wait: time.outside(wait), saysWait: options.saysWaitInMessage))
        case .concurrency(let limit):
            return Refusal(
                LimitReached(
                    dimension: .concurrency, model: request.model, limit: limit, used: limit, requested: 1,
                    wait: usualAnswer, saysWait: options.saysWaitInMessage))
        }
    }

    /// About how long a request is in flight: what is said when only another one's end helps.
    private var usualAnswer: TimeSpan {
        let latency = options.latency
        let perToken = options.engine.map { 1 / $0.tokensPerSecondOfOne } ?? latency.perToken.seconds
        return time.outside(.seconds(max(0.05, latency.median.seconds + perToken * Double(options.answerTokens))))
    }
}
