package import SluiceCore

/// Learns from refusals how many requests per second an account bears, and keeps that pace.
///
/// It opens with a ramp. The first refusal says how much was accepted in how short a time; from there the pace starts
/// low and doubles until the next refusal, which together with the first pins down rate and depth
/// (``RateEstimate``). From then on it keeps just below what is proven and creeps upwards, fast while the interval of
/// possible rates is wide, slowly when it is narrow; every further refusal is judged together with all that went before.
package struct LearnedRate: Sendable {
    private enum Stage: Sendable {
        case opening(OpeningRamp)
        case open
        case paced(Pace)
    }

    /// Refusals that arrive later than this come from a far endpoint.
    private static let near = TimeSpan.milliseconds(20)
    private static let shortestDelay = TimeSpan.milliseconds(1)
    /// From so many requests per second on the pace creeps as fast as it ever does.
    private static let brisk = 20.0
    /// What is slower than this part of what went well for a second and more may be kept for a limit that is over.
    private static let suspicious = 0.25
    /// How long such a pace is kept before higher ones are tried, at first; twice as long each time.
    private static let firstTrial = 20.0
    private var stage: Stage
    private var log = SendLog()
    private var episodes = 0
    /// The highest rate that went well for a second and more.
    private var best = 0.0
    /// How often higher ones were refused.
    private var trials = 0
    /// The lowest rate that explained the last refusals.
    private var proven = Double.infinity
    /// How many went since the last rest, and when it ended; then when the last of them went.
    private var sent = (count: 0, since: Instant(nanoseconds: 0))
    private var lastSend = Instant(nanoseconds: 0)
    /// What held before it went slower for a while.
    private var before: Stage?
    /// Whether a refusal near the limit came by chance, so that the next one may as well.
    private var isDoubtful = false
    /// When the last refused request was sent.
    private var latest: Instant?
    /// What is known of the bucket's depth, in requests.
    private var depth: ClosedRange<Double>?
    /// The longest time from a send to its refusal of late: how old news is.
    private var delay = LearnedRate.shortestDelay
    private let patience: TimeSpan
    /// The user's limit, which is never exceeded, in requests per second.
    private var ceiling: Double
    /// Whether a given limit is believed, so that nothing is learned.
    package var isTrusting: Bool

    /// Learning that opens with a ramp, or at full speed if a limit is given elsewhere.
    package init(ceiling: Double?, patience: TimeSpan) {
        self.ceiling = ceiling ?? .infinity
        self.patience = patience
        isTrusting = ceiling != nil
        stage = ceiling == nil ? .opening(OpeningRamp(patience: patience)) : .open
    }

    /// The rate kept at present, in requests per second; nil while there is none.
    package var rate: Double? {
        if case .paced(let pace) = stage { pace.rate } else { nil }
    }

    /// Whether the pace is so near what was proven to be the limit that a refusal is no surprise.
    package var isAtLimit: Bool { !isDoubtful && episodes > 1 && rate.map { $0 >= proven * 0.97 } ?? false }

    /// Whether the opening ramp holds requests back.
    package var isOpening: Bool {
        if case .opening = stage { true } else { false }
    }

    /// When the next request may go.
    package var due: Instant {
        switch stage {
        case .opening(let ramp): ramp.due
        case .open: Instant(nanoseconds: .min)
        case .paced(let pace): pace.due
        }
    }

    /// Counts a request that goes now.
    package mutating func take(now: Instant) {
        log.add(now: now)
        if sent.count == 0 { sent.since = now }
        sent.count += 1
        lastSend = now
        switch stage {
        case .opening(var ramp):
            ramp.take(now: now)
            stage = .opening(ramp)
        case .open: break
        case .paced(var pace):
            pace.take(now: now)
            stage = .paced(pace)
        }
    }

    /// Takes back a request that did not go after all.
    package mutating func giveBack(sentAt: Instant) {
        log.strike(sentAt: sentAt)
        guard case .paced(var pace) = stage else { return }
        pace.giveBack()
        stage = .paced(pace)
    }

    /// Takes note that the concurrency is used up, which ends the opening.
    package mutating func noteFull() {
        if case .opening = stage { stage = .open }
    }

    /// Takes note that the endpoint lives and, if known, how late its refusals arrive.
    package mutating func noteSign(roundTrip: TimeSpan?) {
        guard case .opening(var ramp) = stage else { return }
        ramp.noteSign(roundTrip: roundTrip)
        stage = .opening(ramp)
    }

    /// Takes note of a refused request.
    package mutating func refuse(sentAt: Instant, now: Instant) {
        log.refuse(sentAt: sentAt)
        latest = sentAt
        delay = max(delay, min(now - sentAt, .seconds(2)))
    }

    /// Takes note that a refusal came by chance.
    package mutating func forgive(sentAt: Instant) { log.forgive(sentAt: sentAt) }

    /// Begins again after a rest that refusals asked for.
    ///
    /// A single refusal that no rate explains says nothing of it. Returns whether a rate explains the refusals, one that
    /// is known closely.
    @discardableResult
    package mutating func resume(isSingle: Bool = false, now: Instant) -> Bool {
        if isTrusting, let before { stage = before }
        before = nil
        guard !isTrusting else { return false }
        episodes += 1
        var isExplained = false
        let borne = self.borne
        best = max(best, 2 * borne)
        if case .paced(let pace) = stage, pace.isTrial { trials += 1 }
        sent = (0, now)
        let jitter = max(0.002, delay.seconds * 0.1)
        // An even pace that is refused is above the limit.
        let bound = rate.map { $0 * 1.05 } ?? .infinity
        defer { delay = max(Self.shortestDelay, TimeSpan(nanoseconds: delay.nanoseconds / 2)) }
        guard let estimate = RateEstimate(log, depth: depth, ceiling: bound, jitter: jitter) else {
            // Nothing was accepted: one at a time, then twice as fast in each step.
            stage = .paced(Pace(rate: 1, growth: 2, step: .milliseconds(100), ceiling: ceiling, now: now))
            return false
        }
        if episodes > 1, estimate.misfit > 0.5 + 0.1 * estimate.depth.upperBound, let rate {
            if isSingle, let latest, case .paced(var pace) = stage {
                log.forgive(sentAt: latest)
                pace.restart(now: now)
                stage = .paced(pace)
                isDoubtful = true
                return false
            }
            // The limit has changed or is of another kind: what was learned does not count any more.
            log.clear()
            depth = nil
            pace(from: max(rate * 0.6, borne), width: 0.5, now: now)
        } else if episodes == 1 {
            search(from: estimate, now: now)
            // With a far endpoint, connections make the ramp arrive in another shape than it was sent.
            if delay > Self.near { log.clear() }
        } else {
            proven = estimate.low
            var width = 2 * (estimate.high - estimate.low) / (estimate.high + estimate.low)
            if width < 0.25 { depth = Self.widened(estimate.depth) }
            if estimate.misfit > 0 { width = max(width, 0.1) }
            let quarter = (estimate.high / estimate.low).squareRoot().squareRoot()
            let low = estimate.low * min(1.25, quarter)
            // Whatever the estimate says, what was refused is above the limit.
            let former = rate ?? low
            isExplained =
                episodes > 2 && estimate.misfit == 0
                && (estimate.high < estimate.low * 1.05 || estimate.high < former)
            if isSingle {
                pace(from: max(min(low, former * 0.97), former * 0.93), width: min(width, 0.05), now: now)
            } else {
                // A log that has just begun may be explained by next to nothing.
                let least = episodes > 2 ? max(borne, former / 2) : borne
                pace(from: max(min(low, former * 0.97), least), width: width, now: now)
            }
            if estimate.misfit == 0, width < 0.25, case .paced(var pace) = stage {
                // Twice the bucket, as nobody knows what else there is.
                pace.expectRefusal(above: estimate.high, within: 2 * estimate.depth.upperBound + 4)
                stage = .paced(pace)
            }
        }
        isDoubtful = false
        return isExplained
    }

    /// Goes slower for a while, to see whether that changes anything.
    package mutating func slowDown(to rate: Double, now: Instant) {
        if before == nil { before = stage }
        stage = .paced(Pace(rate: rate, growth: 1, step: .seconds(1), ceiling: ceiling, now: now))
    }

    /// Goes on as before it went slower.
    package mutating func goOn(now: Instant) {
        guard let before else { return }
        stage = before
        self.before = nil
        isDoubtful = true
        if case .paced(var pace) = stage {
            pace.restart(now: now)
            stage = .paced(pace)
        }
    }

    /// Keeps just below a limit that was found, in requests per second.
    package mutating func settle(at limit: Double, now: Instant) {
        before = nil
        isTrusting = false
        isDoubtful = false
        episodes = max(2, episodes)
        proven = limit * 0.98
        pace(from: proven, width: 0.02, now: now)
    }

    /// Believes a limit that the provider tells, in requests per second; a pace that was learned below it is kept.
    package mutating func believe(_ limit: Double) {
        ceiling = limit
        stage = believing(stage)
        if let before { self.before = believing(before) }
    }

    private mutating func believing(_ stage: Stage) -> Stage {
        switch stage {
        case .opening, .open:
            isTrusting = true
            return .open
        case .paced(var pace):
            pace.bound(by: ceiling)
            return .paced(pace)
        }
    }

    /// Begins again with the opening ramp after an outage; a rate that was learned is kept instead.
    package mutating func restart(now: Instant) {
        switch stage {
        case .opening, .open:
            if ceiling == .infinity { stage = .opening(OpeningRamp(patience: patience)) }
        case .paced(var pace):
            pace.restart(now: now)
            stage = .paced(pace)
        }
    }

    /// Bounds of the depth that small errors of the log do not turn into contradictions, however often they are narrowed.
    private static func widened(_ depth: ClosedRange<Double>) -> ClosedRange<Double> {
        let middle = (depth.lowerBound + depth.upperBound) / 2
        let least = 0.5 + 0.01 * middle
        return min(depth.lowerBound, middle - least)...max(depth.upperBound, middle + least)
    }

    /// Half of what went through per second since the last rest, if that was long enough to mean anything.
    private var borne: Double {
        let seconds = (lastSend - sent.since).seconds
        return sent.count >= 20 && seconds >= 1 ? 0.5 * Double(sent.count) / seconds : 0
    }

    /// Looks for the limit from below, after the first refusal.
    ///
    /// The bucket is supposed to be a second deep, so that what was accepted so far flows through it in the time so
    /// far and a second; from there the pace doubles.
    private mutating func search(from estimate: RateEstimate, now: Instant) {
        var accepted = 0.0
        log.forEach { accepted += Double($0.accepted) }
        let span = (log[log.count - 1].at - log[0].at).seconds
        let start = max(estimate.low, accepted / (span + 1))
        // No more than a few requests may be on their way when the next refusal comes back.
        let bounded = max(0.1, min(start, 8 / delay.seconds))
        let step = TimeSpan.seconds(max(0.1, 2 * delay.seconds))
        stage = .paced(Pace(rate: bounded, growth: 2, step: step, ceiling: ceiling, now: now))
    }

    /// Keeps a pace and creeps upwards, in proportion to how uncertain it is: `width` is the relative width of the
    /// interval of possible rates.
    private mutating func pace(from low: Double, width: Double, now: Instant) {
        let excess = max(0, width - 0.25)
        // What is refused counts per request, so a slow pace takes longer to creep as far.
        let haste = min(1, low / Self.brisk)
        let perSecond = haste * max(1.5e-4, 0.08 * width * min(1, width / 0.05)) + 0.5 * excess * excess
        var pace = Pace(
            rate: low, growth: 1 + min(0.7, perSecond / 10), step: .milliseconds(100), ceiling: ceiling, now: now)
        if low < best * Self.suspicious {
            // A bucket that was full at the start explains the same: then this is refused soon, and tried less often.
            pace.tryHigher(after: .seconds(Self.firstTrial * Double(1 << min(trials, 20))), now: now)
        }
        stage = .paced(pace)
    }
}
