import SluiceCore

/// The limits of a quota on requests, whatever their tokens.
struct RequestMeter: Sendable {
    private var pace: GCRA?
    private var windows: [SlidingWindow]
    private var day: DayCounter?
    /// What the user and the provider say, in requests per minute.
    private let given: Double?
    private var told = ToldRate()

    /// The meter of these limits.
    init(_ limits: Limits, dayEnds: Instant) {
        let rates = [
            limits.requestsPerMinute, limits.requestsPerSecond.map { $0 * 60 },
            limits.minimumInterval.map { 60 / max(1e-6, $0.seconds) },
        ].compactMap { $0 }
        given = rates.min()
        // An interval is kept to the letter; a rate may be caught up with.
        pace = rates.min().map {
            limits.minimumInterval == nil ? GCRA(perMinute: $0) : GCRA(perMinute: $0, tolerance: .zero)
        }
        windows = []
        if let rate = limits.requestsPerSecond { windows.append(Self.window(rate, per: .seconds(1))) }
        if let rate = limits.requestsPerMinute {
            if let quantum = limits.quantum, quantum < .seconds(60) {
                windows.append(Self.window(rate / 60, per: quantum))
            }
            if limits.window != .bucket { windows.append(Self.window(rate / 60, per: .seconds(60))) }
        }
        if let limit = limits.requestsPerDay {
            if limits.day == .rolling {
                windows.append(SlidingWindow(limit: limit.rounded(.down), length: .seconds(86400)))
            } else {
                day = DayCounter(limit: limit.rounded(.down), ends: dayEnds)
            }
        }
    }

    /// The limit in force, in requests per minute; infinite if there is none.
    var limit: Double { min(given ?? .infinity, told.limit) }

    /// The pace kept at present, in requests per minute.
    var perMinute: Double? { pace?.perMinute }

    /// When the next request may go.
    var due: Instant {
        var due = pace?.due ?? Instant(nanoseconds: .min)
        if !windows.isEmpty { for window in windows { due = max(due, window.due(1, now: due)) } }
        if let day { due = max(due, day.due(1)) }
        return due
    }

    /// Whether the day's requests are used up.
    func isSpent(now: Instant) -> Bool { day.map { $0.due(1) > now } ?? false }

    /// Counts a request that goes now.
    mutating func take(now: Instant) {
        pace?.take(now: now)
        if !windows.isEmpty { for index in windows.indices { windows[index].take(1, now: now) } }
        day?.take(1, now: now)
    }

    /// Takes back a request that did not go after all.
    mutating func giveBack(sentAt: Instant, now: Instant) {
        pace?.giveBack()
        for index in windows.indices { windows[index].correct(by: -1, at: sentAt) }
        day?.take(-1, now: now)
    }

    /// Goes at no more than what the provider tells, in requests per minute; returns whether the limit changed.
    mutating func hear(_ perMinute: Double, now: Instant) -> Bool {
        let former = limit
        guard told.read(perMinute), limit != former else { return false }
        var changed = GCRA(perMinute: limit)
        changed.take(now: now)
        pace = changed
        return true
    }

    /// Takes over what the provider told of a day, with what it says is left of it.
    mutating func lower(toDay limit: Double, remaining: Double?, ends: Instant, now: Instant) {
        if day == nil || limit < day?.limit ?? .infinity {
            day = DayCounter(limit: limit, used: max(day?.used ?? 0, limit - (remaining ?? limit)), ends: ends)
        }
    }

    /// Begins again after a rest: the next request may go at `now`, the others follow evenly.
    mutating func restart(now: Instant) { pace?.restart(now: now) }

    /// Goes at a fraction of the pace.
    mutating func slow(to fraction: Double) { pace?.slow(to: fraction) }

    /// So many per second as a whole number in a window, which is widened where not even one would fit.
    private static func window(_ perSecond: Double, per length: TimeSpan) -> SlidingWindow {
        let count = (perSecond * length.seconds).rounded(.down)
        return count >= 1
            ? SlidingWindow(limit: count, length: length)
            : SlidingWindow(limit: 1, length: .seconds(1 / max(1e-5, perSecond)))
    }
}
