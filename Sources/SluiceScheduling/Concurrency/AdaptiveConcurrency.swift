package import SluiceCore

/// Finds how many requests at once a server does best with, by trying: it climbs on throughput.
///
/// More in flight are kept where they pay: when twice as many bring two per cent more tokens per second, or, what is the
/// same slope, a tenth more brings three thousandths. Fewer are kept where they cost less than that. Latency decides
/// nothing: a server that generates its answers together slows down each of them long before all of them together.
/// What is tried is judged by whole cohorts of requests and by the spread among them, so that neither one slow answer
/// nor noise moves it. Requests that fail in numbers, where they are tried or where they were borne before, cut it.
package struct AdaptiveConcurrency: Sendable {
    /// How a request ended, as far as it says something of the server.
    package enum Ending: Sendable {
        /// An answer of so many tokens; nil if it did not say.
        case answered(tokens: Int?)
        /// An error of the server, a reset, a timeout, or a refusal at the load that is tried.
        case failed
    }

    /// Where it begins.
    private static let start = 8
    /// The slope from which on more concurrency pays: relative gain in throughput for the relative gain in concurrency.
    private static let slope = 0.03
    /// The share of the concurrency that must be in use, or there is too little work to learn from.
    private static let use = 0.9
    private static let leastCohort = 10
    /// How often a cohort that does not decide may be enlarged, twofold each time.
    private static let enlargements = 3
    /// The use of the cache from which on no more are tried.
    private static let fullCache = 0.95
    /// How long after a change gauges are not believed.
    private static let calm = TimeSpan.seconds(2)
    private static let shortestCohort = TimeSpan.seconds(1)
    private static let shortestRest = TimeSpan.seconds(4)
    private static let longestRest = TimeSpan.seconds(30)
    /// A change of the throughput that begins a new search.
    private static let upheaval = 0.15

    private var search: ConcurrencySearch
    /// Whether the throughput has grown along with the concurrency so far, which the first answers show.
    private var isClimbing = true
    /// Whether the next search goes on with what is known, and whether it looks below first.
    private var isPaused = false
    private var isDownFirst = false
    /// The throughput at the best concurrency so far, and how long it took to measure.
    private var reference: Throughput?
    private var referenceTime = TimeSpan.zero
    private var cohort: Cohort?
    private var enlarged = 0
    /// The relative variance of the throughput at the same concurrency, from one cohort to the next.
    private var unrest = 0.0004
    private var nextStep = ConcurrencySearch.doubling
    private var nextSearch = Instant(nanoseconds: .min)
    private var rest = AdaptiveConcurrency.shortestRest
    /// The number of the last request, and of the last one before the present concurrency.
    private var number = 0
    private var former = 0
    private var since = Instant.never
    private var endings = 0
    private var failures = 0
    /// What the server said of itself.
    private var wasCrowded = false
    private var mayGrow = true
    /// How many were answered since then, whenever they were sent.
    private var answers = 0

    /// Begins with a few, and never goes above `most`, at least 1.
    package init(most: Int) {
        search = ConcurrencySearch(base: Self.start, most: max(1, most))
    }

    /// The most requests in flight at present.
    package var limit: Int { search.candidate ?? search.base }

    /// What is best so far.
    package var best: Int { search.base }

    /// Takes note of a request that was sent, the number-th, with which so many are in flight.
    package mutating func send(number: Int, inFlight: Int, now: Instant) {
        self.number = number
        if cohort != nil {
            cohort?.send(number: number, inFlight: inFlight, now: now)
            giveUp(now: now)
        } else if inFlight >= limit || number == 1 {
            cohort = nextCohort(inFlight: inFlight, goingOnFrom: nil, now: now)
        }
    }

    /// Takes note that the number-th request ended, which leaves so many in flight; nil if that says nothing of the server.
    package mutating func end(_ ending: Ending?, number: Int, after time: TimeSpan, inFlight: Int, now: Instant) {
        cohort?.end(ending, number: number, after: time, inFlight: inFlight, now: now)
        if case .answered = ending { answers += 1 }
        if let ending, number > former {
            endings += 1
            if case .failed = ending {
                failures += 1
                if failures >= 3, failures * 10 >= endings { return cut(now: now) }
            }
        }
        guard let cohort else { return }
        if isClimbing, cohort.hasFirst {
            climb(cohort.throughput, took: cohort.age(now: now), now: now)
        } else if cohort.isComplete {
            conclude(cohort, inFlight: inFlight, now: now)
        } else {
            giveUp(now: now)
        }
    }

    /// Takes note of what the server says of itself.
    ///
    /// Where requests wait in it, more bring nothing: what is tried above is turned down, else it steps back, to the
    /// share of those in flight that run. Where its cache is full no more are tried.
    package mutating func note(_ gauges: ServerGauges, inFlight: Int, now: Instant) {
        let isCrowded = gauges.waiting > max(1, gauges.running / 20)
        defer { wasCrowded = isCrowded }
        mayGrow = !isCrowded && gauges.cacheUse ?? 0 < Self.fullCache
        // Those that fill it up to another concurrency wait for a moment, too.
        guard isCrowded, wasCrowded, now - (since == .never ? now : since) >= Self.calm else { return }
        if let candidate = search.candidate, candidate > search.base { return turnDown(now: now) }
        let runs = Double(inFlight) * gauges.running / (gauges.running + gauges.waiting)
        let back = max(Int(runs.rounded(.up)), limit * 7 / 10, min(limit, Self.start))
        guard back < limit else { return }
        search.settle(at: back)
        (reference, isClimbing) = (nil, false)
        nextStep = 0
        change(now: now)
    }

    // MARK: - What a cohort shows

    /// Takes note of what the first of a cohort have shown: as long as the throughput grows along they are enough.
    private mutating func climb(_ shown: Throughput, took time: TimeSpan, now: Instant) {
        guard shown.concurrency >= Self.use * Double(limit) else {
            cohort = nil
            return
        }
        if let candidate = search.candidate, let reference {
            let growth = Double(candidate) / Double(search.base) - 1
            guard let ratio = shown.ratio(to: reference),
                ratio.value - 1 > max(ConcurrencySearch.linear * growth, 2 * ratio.error)
            else { return stopClimbing(now: now) }
            search.accept(isLinear: true)
        } else {
            search.begin(step: ConcurrencySearch.doubling)
        }
        reference = shown
        referenceTime = time
        change(now: now)
    }

    /// Measures the best so far by a whole cohort, then goes on from there.
    private mutating func stopClimbing(now: Instant) {
        search.pause()
        (reference, isClimbing, isPaused) = (nil, false, true)
        change(now: now)
        nextSearch = now
    }

    private mutating func conclude(_ done: Cohort, inFlight: Int, now: Instant) {
        let shown = done.throughput
        guard shown.count > 0, shown.concurrency >= Self.use * Double(limit) else {
            cohort = nil
            return
        }
        guard let candidate = search.candidate, let reference else {
            return note(shown, took: done.age(now: now), now: now)
        }
        guard let ratio = shown.ratio(to: reference) else { return turnDown(now: now) }
        let factor = Double(candidate) / Double(search.base)
        // ln(factor), as near as it matters.
        let due = Self.slope * 2 * (factor - 1) / (factor + 1)
        let gain = ratio.value - 1
        let margin = 2 * max(ratio.error, (unrest / Double(1 << enlarged)).squareRoot())
        if gain - due > margin {
            self.reference = shown
            referenceTime = done.age(now: now)
            rest = Self.shortestRest
            search.accept(isLinear: factor > 1 && gain > ConcurrencySearch.linear * (factor - 1))
            change(now: now)
        } else if gain < due || enlarged >= Self.enlargements {
            turnDown(isLinear: factor < 1 && gain < ConcurrencySearch.linear * (factor - 1), now: now)
        } else {
            enlarged += 1
            cohort = nextCohort(inFlight: inFlight, goingOnFrom: shown, now: now)
        }
    }

    /// Takes note of the throughput at the best concurrency so far.
    private mutating func note(_ shown: Throughput, took time: TimeSpan, now: Instant) {
        cohort = nil
        if let reference, let ratio = shown.ratio(to: reference) {
            let change = ratio.value - 1
            if abs(change) > max(Self.upheaval, 4 * max(ratio.error, unrest.squareRoot())) {
                return beginAgain(isLoss: change < 0, now: now)
            }
            unrest += (change * change - unrest) / 4
        }
        reference = shown
        referenceTime = time
        guard now >= nextSearch else { return }
        if isPaused {
            search.goOn(step: ConcurrencySearch.doubling)
        } else {
            search.begin(step: nextStep, isDownFirst: isDownFirst)
        }
        (nextStep, isDownFirst, isPaused) = (0, false, false)
        change(now: now)
    }

    /// Begins a new search, as the server is another than before.
    ///
    /// What has just been measured is of both, so the present concurrency is measured again before others are tried.
    private mutating func beginAgain(isLoss: Bool, now: Instant) {
        (reference, isClimbing) = (nil, !isLoss)
        (nextStep, isDownFirst, isPaused) = (ConcurrencySearch.doubling - (isLoss ? 1 : 0), isLoss, false)
        rest = Self.shortestRest
        change(now: now)
        nextSearch = now
    }

    private mutating func turnDown(isLinear: Bool = false, now: Instant) {
        if isClimbing { return stopClimbing(now: now) }
        search.reject(isLinear: isLinear)
        change(now: now)
    }

    /// Turns down what brings less than half of what it is compared with, or takes far longer; without waiting for those
    /// that it slows down.
    private mutating func giveUp(now: Instant) {
        guard let candidate = search.candidate, let cohort, let reference, referenceTime > .zero else { return }
        let expected = reference.answersPerSecond * (now - since).seconds
        // The first answers are short ones, so more of them would come than of all.
        let isStarved =
            (now - since).seconds > 2 * referenceTime.seconds && (isClimbing ? 4 : 2) * Double(answers) < expected
            && Double(answers) < expected - 3 * expected.squareRoot()
        let factor = max(1, Double(candidate) / Double(search.base))
        if isStarved || cohort.age(now: now).seconds > 4 * factor * referenceTime.seconds { turnDown(now: now) }
    }

    private mutating func cut(now: Instant) {
        if let candidate = search.candidate, candidate > search.base { return turnDown(now: now) }
        search.settle(at: limit * 7 / 10)
        (reference, isClimbing, isPaused) = (nil, false, false)
        nextStep = 1
        change(now: now)
    }

    /// Begins to measure at another concurrency.
    private mutating func change(now: Instant) {
        while !mayGrow, let candidate = search.candidate, candidate > search.base { search.reject() }
        if search.candidate == nil {
            if isClimbing, reference != nil { (reference, isClimbing) = (nil, false) }
            nextSearch = now + rest
            rest = min(Self.longestRest, TimeSpan(nanoseconds: rest.nanoseconds * 2))
        }
        cohort = nil
        enlarged = 0
        former = number
        since = now
        (endings, failures, answers) = (0, 0, 0)
    }

    private func nextCohort(inFlight: Int, goingOnFrom former: Throughput?, now: Instant) -> Cohort {
        let few = limit < Self.leastCohort ? Self.leastCohort / 2 : max(Self.leastCohort, limit / 4)
        var least = few
        if !isClimbing {
            // What others are compared with, and what is to be told from little, is measured by twice as many.
            if search.isFine { least = 2 * few }
            if reference == nil { least = max(least, 2 * Self.leastCohort) }
        }
        return Cohort(
            after: number, inFlight: inFlight, least: least << enlarged,
            shortest: Self.shortestCohort, goingOnFrom: former, now: now)
    }
}
