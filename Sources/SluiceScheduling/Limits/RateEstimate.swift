import SluiceCore

/// What a log of sends says about the rate and the depth of the bucket that judged them.
///
/// The bucket is that of nginx `limit_req … nodelay` and of GCRA: it leaks at r requests per second, a request is
/// refused if the level would exceed the depth, and refused ones add nothing. For a supposed r the levels follow from
/// the log alone. The supposition holds if every refusal happened at a level above the highest accepted one: too small
/// an r lets the level of what was accepted grow beyond that of a refusal, too large an r empties the bucket before
/// a refusal. The rates for which it holds are an interval.
package struct RateEstimate: Sendable, Equatable {
    /// The lowest rate that explains the log, in requests per second.
    package let low: Double
    /// The highest rate that explains the log, in requests per second.
    package let high: Double
    /// By how many requests the best rate fails to explain the log; 0 if it does not fail.
    package let misfit: Double
    /// The least and the most requests that the bucket holds, for the rates from high to low.
    package let depth: ClosedRange<Double>

    /// The highest accepted and the lowest refused level for a supposed rate.
    private struct Levels {
        var accepted = 0.0
        var refused = Double.infinity
        var overlap: Double { accepted - refused }
    }

    /// How far refusals may lie below what was accepted, and within which rates to look.
    private struct Search {
        let log: SendLog
        let depth: ClosedRange<Double>?
        /// How much travel times vary, in seconds.
        let jitter: Double

        /// Half a request, and what flows in while travel times vary.
        func slack(_ rate: Double, _ depth: Double) -> Double { 0.5 + min(rate * jitter, depth / 5) }

        func holds(_ rate: Double) -> Bool {
            holds(levels(rate), rate)
        }

        func holds(_ levels: Levels, _ rate: Double) -> Bool {
            levels.overlap < slack(rate, levels.accepted)
        }

        /// Replays the log through a bucket that leaks at `rate`.
        func levels(_ rate: Double) -> Levels {
            var levels = Levels()
            if let depth {
                levels.accepted = depth.lowerBound
                levels.refused = depth.upperBound
            }
            var level = 0.0
            var last = log[0].at.nanoseconds
            let perNanosecond = rate / 1e9
            // A truncated log begins with a bucket that nobody knows: how much fuller it may be than supposed, until it
            // has surely been empty.
            var unknown = log.isTruncated ? depth?.upperBound ?? .infinity : 0
            func leak(_ amount: Double) {
                level -= amount
                guard level < 0 else { return }
                unknown = unknown < .infinity ? max(0, unknown + level) : 0
                level = 0
            }
            log.forEach { entry in
                leak(Double(entry.at.nanoseconds - last) * perNanosecond)
                last = entry.at.nanoseconds
                if entry.accepted > 0 {
                    level += 1
                    levels.accepted = max(levels.accepted, level)
                    // The others of the entry follow evenly.
                    level += Double(entry.accepted - 1)
                    leak(Double(entry.spread) * perNanosecond)
                    last += Int64(entry.spread)
                    levels.accepted = max(levels.accepted, level)
                }
                if entry.refused > 0 { levels.refused = min(levels.refused, level + 1 + unknown) }
            }
            return levels
        }

        /// The last rate that holds on the way from one that does.
        func edge(from best: Double, by factor: Double, until end: Double) -> Double {
            var inside = best
            var outside = best
            var stride = factor
            repeat {
                inside = outside
                outside *= stride
                if stride < 1 ? outside <= end : outside >= end { return end }
                stride *= factor
            } while holds(outside)
            for _ in 0..<7 {
                let middle = (inside + outside) / 2
                if holds(middle) { inside = middle } else { outside = middle }
            }
            return inside
        }

        /// The rate that explains best: the first dip of the overlap on the way up from `floor`.
        ///
        /// Far above the truth every bucket looks empty and the overlap is small again; hence the first.
        func best(floor: Double, top: Double) -> Double {
            var rate = floor
            var last = levels(rate).overlap
            while rate * 1.25 < top {
                let overlap = levels(rate * 1.25).overlap
                if overlap > last - 1e-9 { break }
                rate *= 1.25
                last = overlap
            }
            guard !holds(rate) else { return rate }
            // Between the two neighbours of the coarse dip, a rate is too high if a refusal would lie below what is
            // certain to have fitted (what was accepted at a rate that is too high itself), or if a lower one explains
            // better.
            var low = rate / 1.25
            var high = min(rate * 1.25, top)
            var best = rate
            var fitted = levels(high).accepted
            for _ in 0..<24 {
                let middle = (low + high) / 2
                let levels = levels(middle)
                if levels.overlap < last {
                    last = levels.overlap
                    best = middle
                }
                if holds(levels, middle) { break }
                if levels.refused < fitted || self.levels(middle * 0.998).overlap < levels.overlap {
                    high = middle
                    fitted = max(fitted, levels.accepted)
                } else {
                    low = middle
                }
            }
            return best
        }
    }

    /// Estimates from a log that holds at least one refusal; nil if it holds none or nothing accepted.
    ///
    /// `depth` is what is known of the bucket from before the log, `ceiling` a rate that it does not exceed, `jitter` by
    /// how many seconds travel times vary.
    package init?(
        _ log: SendLog, depth known: ClosedRange<Double>? = nil, ceiling: Double = .infinity, jitter: Double = 0.002
    ) {
        var accepted = 0.0
        var refused = 0.0
        log.forEach { entry in
            accepted += Double(entry.accepted)
            refused += Double(entry.refused)
        }
        guard accepted > 0, refused > 0 else { return nil }
        let search = Search(log: log, depth: known, jitter: jitter)
        let span = max(1e-3, (log[log.count - 1].at - log[0].at).seconds)
        let floor = max(1e-3, accepted / (span + 120))
        let top = max(floor, min(ceiling, accepted / span * 20))
        let best = search.best(floor: floor, top: top)
        let found = search.levels(best)
        misfit = max(0, found.overlap - search.slack(best, found.accepted))
        low = misfit > 0 ? best : search.edge(from: best, by: 1 / 1.02, until: floor)
        high = misfit > 0 ? best : search.edge(from: best, by: 1.02, until: top)
        let least = search.levels(high).accepted
        let most = search.levels(low)
        let bound = min(most.refused, most.accepted + 1) + search.slack(low, most.accepted)
        depth = least...max(least, min(bound, known?.upperBound ?? bound))
    }
}
