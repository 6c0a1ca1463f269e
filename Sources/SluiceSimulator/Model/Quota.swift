import SluiceCore

/// What one account has used of its limits, of one model if models have limits of their own; in the provider's time.
struct Quota: Sendable {
    private struct Meter {
        let dimension: RateDimension
        let limitAtStart: Double
        var limit: Double
        var window: any RateWindow
    }

    /// Requests that were let through and are not finished.
    private(set) var inFlight = 0
    private var concurrency: Int?
    private let concurrencyAtStart: Int?
    private var meters: [Meter] = []
    private let charging: ChargeModel

    /// A quota of which nothing is used yet.
    init(_ limits: SimulatorOptions.AccountLimits, charging: ChargeModel, start: Instant) {
        self.charging = charging
        concurrency = limits.concurrency
        concurrencyAtStart = limits.concurrency
        for dimension in RateDimension.allCases where dimension != .concurrency {
            guard let limit = limits[dimension] else { continue }
            let window = limits.window(dimension).window(limit: limit, per: dimension.period, start: start)
            meters.append(Meter(dimension: dimension, limitAtStart: limit, limit: limit, window: window))
        }
    }

    /// Why a request is not let in now.
    enum Obstacle {
        /// It is larger than what a whole period allows.
        case tooLarge(RateDimension, limit: Double)
        /// A limit is reached; `left` units remain of it, and the request fits after `wait` if nothing else comes.
        case limit(RateDimension, limit: Double, left: Int, wait: TimeSpan)
        /// So many requests are in flight.
        case concurrency(Int)
    }

    /// What stands in the way of a request, if anything; of several limits, the one that takes longest.
    func obstacle(to charge: Charge, now: Instant) -> Obstacle? {
        if let concurrency, inFlight >= concurrency { return .concurrency(concurrency) }
        var blocked: Int?
        var wait = TimeSpan.zero
        for (place, meter) in meters.enumerated() {
            let amount = Double(charge.needed(meter.dimension))
            // Whoever takes nothing waits for no debt of others.
            if amount == 0 { continue }
            if meter.dimension.countsTokens, amount > meter.limit.rounded() {
                return .tooLarge(meter.dimension, limit: meter.limit)
            }
            let time = meter.window.wait(for: amount, now: now)
            if time > wait { (blocked, wait) = (place, time) }
        }
        guard let blocked else { return nil }
        let meter = meters[blocked]
        return .limit(
            meter.dimension, limit: meter.limit, left: meter.window.remaining(now: now),
            wait: untilAllFit(charge, after: wait, now: now))
    }

    /// Takes a request out of every limit.
    mutating func take(_ hold: inout Hold, now: Instant) {
        inFlight += 1
        for place in meters.indices {
            let dimension = meters[place].dimension
            let amount = hold.charge.amount(dimension)
            if amount > 0 { hold.receipts[dimension] = meters[place].window.take(Double(amount), now: now) }
        }
    }

    /// Ends a request.
    mutating func finish(_ hold: Hold, now: Instant) {
        inFlight -= 1
        guard charging.settles else { return }
        for place in meters.indices where meters[place].dimension.countsTokens {
            let dimension = meters[place].dimension
            let change = Double(hold.used.amount(dimension) - hold.charge.amount(dimension))
            if change == 0 { continue }
            if charging == .actual {
                _ = meters[place].window.take(change, now: now)
            } else {
                meters[place].window.settle(hold.receipts[dimension], by: change, now: now)
            }
        }
    }

    /// What is announced, as the provider sees it.
    func rates(now: Instant) -> RateState {
        var rates = RateState()
        for meter in meters {
            func dimension() -> RateState.Dimension {
                RateState.Dimension(
                    limit: Int(saturating: meter.limit.rounded()), remaining: meter.window.remaining(now: now),
                    reset: meter.window.untilFull(now: now))
            }
            switch meter.dimension {
            case .concurrency, .requestsPerSecond: break
            case .requestsPerMinute: rates.requests = dimension()
            case .tokensPerMinute: rates.tokens = dimension()
            case .inputTokensPerMinute: rates.inputTokens = dimension()
            case .outputTokensPerMinute: rates.outputTokens = dimension()
            case .requestsPerDay: rates.dailyRequests = dimension()
            case .tokensPerDay: rates.dailyTokens = dimension()
            }
        }
        return rates
    }

    /// Lets `factor` times as much through as at the start, from now on.
    mutating func scale(to factor: Double, now: Instant) {
        concurrency = concurrencyAtStart.map { max(1, Int(saturating: Double($0) * factor)) }
        for place in meters.indices {
            meters[place].limit = meters[place].limitAtStart * factor
            meters[place].window.scale(to: factor, now: now)
        }
    }

    /// How long until a request fits everywhere at once: when one limit lets it in, another may not any more.
    private func untilAllFit(_ charge: Charge, after first: TimeSpan, now: Instant) -> TimeSpan {
        var wait = first
        // Windows of different lengths meet within a few rounds; limits below one per window might never.
        for _ in 0..<64 {
            var more = TimeSpan.zero
            for meter in meters {
                let amount = Double(charge.needed(meter.dimension))
                if amount > 0 { more = max(more, meter.window.wait(for: amount, now: now + wait)) }
            }
            if more == .zero { break }
            // By way of moments, which saturate.
            wait = (now + wait + more) - now
        }
        return wait
    }
}
