import SluiceCore

/// An exact log: what was taken within the last period, entry by entry.
///
/// An amount larger than the limit fits when the log is empty.
struct SlidingLog: RateWindow {
    private struct Entry {
        let time: Instant
        var amount: Double
    }

    private var limit: Double
    private var period: TimeSpan
    private let limitAtStart: Double
    private let periodAtStart: TimeSpan
    private var entries: [Entry] = []
    /// The first entry that may still count.
    private var first = 0
    /// The receipt of the entry at index 0.
    private var base = 0
    /// The sum of the entries from `first`.
    private var sum = 0.0

    init(limit: Double, period: TimeSpan) {
        self.limit = limit
        self.period = period
        limitAtStart = limit
        periodAtStart = period
    }

    func wait(for amount: Double, now: Instant) -> TimeSpan {
        var (at, used) = current(now)
        var wait = TimeSpan.zero
        while at < entries.count, used > 0, used + amount > limit {
            wait = entries[at].time + period - now
            used -= entries[at].amount
            at += 1
        }
        return wait
    }

    mutating func take(_ amount: Double, now: Instant) -> Int {
        forget(now)
        entries.append(Entry(time: now, amount: amount))
        sum += amount
        return base + entries.count - 1
    }

    /// What came in more than a period ago counts no more, corrected or not.
    mutating func settle(_ receipt: Int, by change: Double, now: Instant) {
        forget(now)
        let at = receipt - base
        guard at >= first, at < entries.count else { return }
        entries[at].amount += change
        sum += change
    }

    func remaining(now: Instant) -> Int { max(0, Int(saturating: limit - current(now).used)) }

    func untilFull(now: Instant) -> TimeSpan {
        guard current(now).used > 0, let last = entries.last else { return .zero }
        return last.time + period - now
    }

    /// Less than one per period is one per longer period.
    mutating func scale(to factor: Double, now: Instant) {
        let scaled = limitAtStart * factor
        limit = max(1, scaled)
        period = scaled < 1 ? .seconds(periodAtStart.seconds / scaled) : periodAtStart
    }

    /// The first entry that counts at a moment, and the sum from there.
    private func current(_ now: Instant) -> (at: Int, used: Double) {
        var (at, used) = (first, sum)
        while at < entries.count, now - entries[at].time >= period {
            used -= entries[at].amount
            at += 1
        }
        return (at, used)
    }

    private mutating func forget(_ now: Instant) {
        (first, sum) = current(now)
        // Every entry is moved at most once for each one that has gone.
        guard first > 64, first > entries.count / 2 else { return }
        entries.removeFirst(first)
        base += first
        first = 0
    }
}
