public import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The provider without its server: which request is answered, refused or broken, and when.
///
/// A pure state machine. It knows no clock, socket or thread, and what is random in it follows from the seed and the
/// order of requests; the server and simulations in virtual time share it. With `speed` other than 1 its limits and
/// delays are those of the faster provider, in the caller's time.
public struct ProviderModel: Sendable {
    private let options: SimulatorOptions
    private let style: RefusalStyle
    private let keys: KeyRing
    private var places: [String: Int] = [:]
    private var accounts: [Account] = []
    private var arrivals: UInt64 = 0
    private var script: FaultScript
    /// What a fault has made of the limits, also those of keys that have not asked yet.
    private var factorOfLimits = 1.0
    /// The keys that a fault has ended.
    private var ended: [String: Fault.KeyEnd] = [:]

    /// A provider that nobody has asked anything yet.
    public init(_ options: SimulatorOptions) {
        self.options = options
        let latency = options.latency
        let usual = latency.median.seconds + latency.perToken.seconds * Double(options.answerTokens)
        style = RefusalStyle(
            saysWait: options.saysWaitInMessage, usualAnswer: .seconds(max(usual, 0.05) / options.speed))
        script = FaultScript(
            options.script + options.faults.rules(pause: .seconds(1)), seed: options.seed, speed: options.speed)
        keys = KeyRing(options)
    }

    /// Decides about a request that has come in.
    ///
    /// What is let through has been charged `max_tokens` or the usual length and counts as in flight until
    /// ``finish(_:now:)``. Moments must not run backwards.
    public mutating func arrive(_ request: ProviderRequest, now: Instant) -> Verdict {
        arrivals += 1
        var verdict = Verdict()
        let fault = script.draw(request, now: now)
        if case .key(let end) = fault?.kind { ended[request.key] = end }
        if !ended.isEmpty, let end = ended[request.key] {
            verdict.fault = Fault(.key(end))
            verdict.refusal = .end(of: request.key, end)
            return verdict
        }
        if let refusal = keys.refusal(of: request.key) {
            verdict.refusal = refusal
            return verdict
        }
        let place = place(of: request.key, now: now)
        if keys.isExhausted(request.key) || accounts[place].isExhausted {
            verdict.refusal = .exhausted
            return verdict
        }
        // The draws are always made, so that changing one rate leaves the luck of everything else as it was.
        var random = SeededRandom(seed: options.seed, stream: arrivals)
        let latency = latency(&random)
        if case .limits(let factor) = fault?.kind {
            factorOfLimits *= factor
            for place in accounts.indices { accounts[place].scale(by: factor, now: now) }
        }
        if let fault, fault.kind.replacesAnswer {
            if case .error(let refusal) = fault.kind { verdict.refusal = refusal }
            verdict.fault = fault
            verdict.rates = accounts[place].rates(now: now)
            verdict.delay = fault.delay
            return verdict
        }
        let answer = min(options.answerTokens, max(1, request.maxTokens ?? .max))
        let reserved = request.promptTokens + request.choices * (request.maxTokens ?? options.answerTokens)
        verdict.refusal = accounts[place].admit(request, reserving: reserved, now: now, style: style)
        verdict.rates = accounts[place].rates(now: now)
        guard verdict.refusal == nil else { return verdict }
        verdict.fault = fault
        verdict.account = place
        verdict.answerTokens = answer
        verdict.isCutShort = answer < options.answerTokens
        verdict.outputTokens = answer * request.choices
        verdict.reservedTokens = reserved
        verdict.usedTokens = request.promptTokens + verdict.outputTokens
        let tokensInSequence = request.choices > 0 ? Double(answer) : 0
        verdict.delay = .seconds((latency + options.latency.perToken.seconds * tokensInSequence) / options.speed)
        if let fault {
            verdict.delay = .seconds(verdict.delay.seconds + fault.delay.seconds)
            if case .error(let refusal) = fault.kind { verdict.refusal = refusal }
        }
        return verdict
    }

    /// Ends a request, however it ended: its tokens are corrected to what was used, and it is in flight no more.
    ///
    /// Call it once for each verdict; it does nothing for one that was not let through.
    public mutating func finish(_ verdict: Verdict, now: Instant) {
        guard let place = verdict.account else { return }
        accounts[place].inFlight -= 1
        accounts[place].tokens?.settle(
            taken: Double(verdict.reservedTokens), actual: Double(verdict.usedTokens), now: now)
    }

    private mutating func place(of key: String, now: Instant) -> Int {
        if let place = places[key] { return place }
        let quota = options.answersUntilExhausted[key]
        var account = Account(options.limits, speed: options.speed, quota: quota)
        account.scale(by: factorOfLimits, now: now)
        accounts.append(account)
        places[key] = accounts.count - 1
        return accounts.count - 1
    }

    private func latency(_ random: inout SeededRandom) -> Double {
        let latency = options.latency
        return latency.sigma > 0
            ? latency.median.seconds * exp(latency.sigma * random.normal()) : latency.median.seconds
    }
}
