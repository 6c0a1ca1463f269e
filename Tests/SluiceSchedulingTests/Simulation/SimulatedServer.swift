import SluiceCore
import SluiceScheduling

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A provider in virtual time: judges requests as they arrive, knows nothing of the client.
struct SimulatedServer {
    /// How it limits.
    enum Rule {
        /// nginx `limit_req rate=… burst=… nodelay`: excess leaks at the rate, refused ones add nothing.
        case bucket(perSecond: Double, depth: Double)
        /// So many per window of so many seconds, windows aligned to the clock.
        case window(count: Int, seconds: Double)
        /// So many at once.
        case concurrency(Int)
        /// No limit.
        case none
    }

    /// How it judged a request.
    enum Verdict: Equatable {
        case accepted
        case refused
        case unreachable
        case invalidKey
        case quotaGone
        case broken
        case failing
    }

    var rule: Rule
    /// The time from acceptance to the answer, in seconds.
    var latency = 0.05
    /// How much answers vary: the deviation of the logarithm of their times.
    var sigma = 0.0
    /// The fraction that is refused by chance, whatever the load.
    var strays = 0.0
    /// There and back, in seconds.
    var roundTrip = 0.0005
    /// How much later than usual a request may arrive, in seconds.
    var jitter = 0.0
    /// What a refusal asks for, in seconds; nil for no hint.
    var retryAfter: Double? = 1
    /// Whether it refuses and fails with the words that it has too much to do, as if it were no fault of the rate.
    var saysOverloaded = false
    /// From then on, in seconds, the rule is another.
    var change: (at: Double, rule: Rule)?
    /// When it cannot be reached, in seconds.
    var outages: [ClosedRange<Double>] = []
    /// When it fails all that it is asked, in seconds.
    var failures: [ClosedRange<Double>] = []
    /// When it refuses all that it is asked, in seconds.
    var refusing: [ClosedRange<Double>] = []
    /// How long it takes to fail, in seconds.
    var failureLatency = 0.05
    /// From then on, in seconds, the key is invalid.
    var keyDies: Double?
    /// Until then, in seconds, the day quota is gone.
    var quotaReturns: Double?
    /// Every so many-th request fails with a server error; 0 for none.
    var breaksEvery = 0

    private(set) var arrivals: [Double] = []
    private(set) var accepted: [Double] = []
    private(set) var refused = 0
    private(set) var mostAtOnce = 0
    private(set) var mostExcess = 0.0
    private var excess = 0.0
    private var last: Double?
    private var windowStart = -1.0
    private var inWindow = 0
    private var running = 0
    private var count = 0
    private var random = SplitMix64(seed: 4711)

    init(_ rule: Rule) {
        self.rule = rule
    }

    /// Judges a request that arrives at `time`, in seconds.
    mutating func judge(at time: Double) -> Verdict {
        if outages.contains(where: { $0.contains(time) }) { return .unreachable }
        arrivals.append(time)
        if failures.contains(where: { $0.contains(time) }) { return .failing }
        if refusing.contains(where: { $0.contains(time) }) {
            refused += 1
            return .refused
        }
        if let keyDies, time >= keyDies { return .invalidKey }
        if let quotaReturns, time < quotaReturns { return .quotaGone }
        if let change, time >= change.at {
            rule = change.rule
            self.change = nil
        }
        guard strays == 0 || random.unit() >= strays, admits(at: time) else {
            refused += 1
            return .refused
        }
        count += 1
        running += 1
        mostAtOnce = max(mostAtOnce, running)
        if breaksEvery > 0, count % breaksEvery == 0 { return .broken }
        accepted.append(time)
        return .accepted
    }

    /// The time that the next answer takes, in seconds.
    mutating func time() -> Double {
        guard sigma > 0 else { return latency }
        let normal = (-2 * log(1 - random.unit())).squareRoot() * cos(2 * Double.pi * random.unit())
        return latency * exp(sigma * normal)
    }

    /// Ends an accepted or broken request.
    mutating func finish() { running -= 1 }

    private mutating func admits(at time: Double) -> Bool {
        switch rule {
        case .bucket(let rate, let depth):
            // ngx_http_limit_req_lookup: excess = max(0, excess − rate · elapsed + 1); the very first one is free.
            let next = last.map { max(0, excess - rate * (time - $0) + 1) } ?? 0
            guard next <= depth + 1e-9 else { return false }
            excess = next
            mostExcess = max(mostExcess, excess)
            last = time
        case .window(let limit, let seconds):
            let start = (time / seconds).rounded(.down) * seconds
            if start != windowStart {
                windowStart = start
                inWindow = 0
            }
            guard inWindow < limit else { return false }
            inWindow += 1
        case .concurrency(let limit):
            guard running < limit else { return false }
        case .none: break
        }
        return true
    }
}
