import DequeModule
import SluiceCore
import SluiceScheduling

/// A provider's counter, exact to the request; it knows nothing of the client.
struct Counter {
    private struct Entry {
        var at: Double
        var amount: Double
    }

    private let truth: Truth
    private var factor = 1.0
    private var requests = 0.0
    private var requestsAt = 0.0
    private var levels: [TokenLevel] = []
    private var windowStart = -1.0
    private var inWindow = 0.0
    private var tokensInWindow = 0.0
    private var log = Deque<Entry>()
    private var logFirst = 0
    private var logTokens = 0.0
    private var running = 0

    init(_ truth: Truth) {
        self.truth = truth
        guard truth.window == .bucket else { return }
        levels = TokenDimension.allCases.compactMap { kind in
            truth.perMinute(kind).map { TokenLevel(kind, perMinute: $0, depth: truth.tokenDepth) }
        }
    }

    /// Makes every limit so many times as large.
    mutating func change(by factor: Double, at now: Double) {
        self.factor *= factor
        for index in levels.indices { levels[index].change(by: factor, at: now) }
    }

    /// Whether no more requests are taken at once.
    var isFull: Bool { running >= truth.concurrency ?? .max }

    /// A request that was admitted begins to run.
    mutating func begin() { running += 1 }

    /// A request that ran has ended.
    mutating func end() { running -= 1 }

    /// How many requests a minute's bucket has left.
    func left(at now: Double) -> Double {
        max(0, perMinute - max(0, requests - (now - requestsAt) * perMinute / 60))
    }

    private var perMinute: Double { (truth.requestsPerMinute ?? .infinity) * factor }
    private var tokens: Double { (truth.tokensPerMinute ?? .infinity) * factor }

    /// Judges a request; returns the place in the log, or nil and after how long it may be tried again.
    mutating func admit(charged: TokenUse, at now: Double) -> (entry: Int?, wait: Double) {
        advance(now)
        if let wait = obstacle(charged, now) { return (nil, max(0.001, wait)) }
        requests += 1
        inWindow += 1
        for index in levels.indices { levels[index].take(levels[index].kind.amount(charged), at: now) }
        tokensInWindow += Double(charged.total)
        guard truth.window == .sliding else { return (0, 0) }
        log.append(Entry(at: now, amount: Double(charged.total)))
        logTokens += Double(charged.total)
        return (logFirst + log.count - 1, 0)
    }

    /// Corrects what was charged when the request ends.
    mutating func settle(entry: Int, charged: TokenUse, used: TokenUse, at now: Double) {
        guard truth.charge != .estimated else { return }
        advance(now)
        for index in levels.indices {
            let kind = levels[index].kind
            levels[index].take(kind.amount(used) - kind.amount(charged), at: now)
        }
        let difference = Double(used.total - charged.total)
        tokensInWindow = max(0, tokensInWindow + difference)
        guard truth.window == .sliding, truth.tokensPerMinute != nil else { return }
        if truth.charge == .actual {
            log.append(Entry(at: now, amount: difference))
            logTokens += difference
        } else if entry >= logFirst {
            log[entry - logFirst].amount += difference
            logTokens += difference
        }
    }

    private mutating func obstacle(_ charged: TokenUse, _ now: Double) -> Double? {
        switch truth.window {
        case .bucket:
            if let quantum = truth.quantum {
                if inWindow + 1 > max(1, (perMinute * quantum / 60).rounded(.down)) {
                    return windowStart + quantum - now
                }
            } else if truth.requestsPerMinute != nil, requests + 1 > max(1, perMinute / 60 * truth.requestDepth) {
                return 60 / perMinute
            }
            var wait = 0.0
            for index in levels.indices {
                wait = max(wait, levels[index].lack(levels[index].kind.amount(charged), at: now))
            }
            return wait > 0 ? wait : nil
        case .fixed:
            if inWindow + 1 > perMinute || tokensInWindow + Double(charged.total) > tokens {
                return windowStart + 60 - now
            }
        case .sliding:
            if Double(log.count) + 1 > perMinute || logTokens + Double(charged.total) > tokens {
                return (log.first.map { $0.at + 60 - now }) ?? 1
            }
        }
        return nil
    }

    private mutating func advance(_ now: Double) {
        switch truth.window {
        case .bucket:
            if let quantum = truth.quantum {
                let start = (now / quantum).rounded(.down) * quantum
                if start != windowStart { (windowStart, inWindow) = (start, 0) }
            } else if truth.requestsPerMinute != nil {
                requests = max(0, requests - (now - requestsAt) * perMinute / 60)
                requestsAt = now
            }
        case .fixed:
            // Windows begin somewhere in the minute, which the client does not know.
            let start = ((now - 17.3) / 60).rounded(.down) * 60 + 17.3
            if start != windowStart { (windowStart, inWindow, tokensInWindow) = (start, 0, 0) }
        case .sliding:
            while let first = log.first, now - first.at >= 60 {
                logTokens -= first.amount
                log.removeFirst()
                logFirst += 1
            }
        }
    }
}
