package import SluiceCore

/// Whether requests get through, to an endpoint or with a credential (a circuit breaker, Nygard, "Release It!").
///
/// Closed while they do. Open when one could not be delivered at all, or when too many in a row failed and they are half
/// at least of what was sent meanwhile: answers may take longer than failures. Only rows that are sent for the first
/// time count, here and there, as what failed once may be the row's own fault. Where fewer may be in flight than would be
/// too many, as many will do, once there was an answer: before that a few rows may all be wrong, unless the server says that
/// it is it. Half open while a single request tries again, after 1, 2, 4 … 15 s.
///
/// Where only rows are left that have failed, it may be they that fail: after some time of tries in vain the last call
/// lets all of them through.
package struct Circuit: Sendable {
    /// What is wrong.
    package enum Trouble: Sendable, Equatable {
        /// It cannot be reached: nothing was sent, and one request is proof enough.
        case unreachable(String)
        /// It takes requests and fails them.
        case failing(String)
        /// What answers there is not what was meant: a redirect, a page, a certificate that is refused.
        case misdirected(String, hint: String?)

        var isMisdirection: Bool {
            if case .misdirected = self { true } else { false }
        }

        /// In words: `unreachable: connection refused`.
        package var text: String {
            switch self {
            case .unreachable(let reason): "unreachable: \(reason)"
            case .failing(let reason): "failing: \(reason)"
            case .misdirected(let reason, _): "misdirected: \(reason)"
            }
        }
    }

    private struct Loss: Sendable {
        /// When the row of failures began.
        let since: Instant
        var opened: Instant
        var trouble: Trouble
        var tries = 1
        var next: Instant
        var probe: UInt64?
        var isLastCall = false
    }

    /// Fewer failures say nothing, however few are in flight.
    private static let leastThreshold = 3
    /// A proxy may misdirect one request; where nothing was ever answered, that one is enough.
    private static let mostMisdirected = 2
    /// How long what has answered before may be misdirected: a page for maintenance is no reason to end a run.
    private static let misdirectedPatience = TimeSpan.seconds(3600)
    private static let backoff = Backoff(base: .seconds(1), cap: .seconds(15))
    private let threshold: Int
    private let waitReady: TimeSpan
    private var loss: Loss?
    private var streak = 0
    private var sentInStreak = 0
    private var misdirected = 0
    private var misdirectedSince = Instant.never
    /// Whether there was ever an answer.
    package private(set) var hasAnswered = false
    /// When the present row of failures began.
    package private(set) var streakBegan = Instant.never
    /// Whether nothing is expected of it any more; it is tried on while there are others.
    package private(set) var isGivenUp = false

    /// A closed circuit that opens after so many failures in a row; what has not answered for `waitReady` while it was
    /// open, and never before, is given up.
    package init(threshold: Int, waitReady: TimeSpan = TimeSpan(nanoseconds: .max)) {
        self.threshold = threshold
        self.waitReady = waitReady
    }

    /// Whether requests flow as usual.
    package var isClosed: Bool { loss == nil }

    /// What is wrong, or nil if nothing is.
    package var trouble: Trouble? { loss?.trouble }

    /// Whether single requests try it.
    package var isTried: Bool { loss.map { !$0.isLastCall } ?? false }

    /// Whether single requests try it, and each of them arrives somewhere and fails.
    package var isFailing: Bool {
        guard isTried, let trouble else { return false }
        if case .unreachable = trouble { return false }
        return true
    }

    /// When the next request may go: the distant past while closed, never while one tries.
    package var due: Instant {
        guard let loss, !loss.isLastCall else { return Instant(nanoseconds: .min) }
        return loss.probe == nil ? loss.next : .never
    }

    /// When it is given up: what has never answered once it had its time to get ready, or at once if it is
    /// misdirected; never otherwise.
    package var deadline: Instant {
        guard let loss, !isGivenUp else { return .never }
        if loss.trouble.isMisdirection {
            return hasAnswered ? loss.opened + Self.misdirectedPatience : loss.opened
        }
        guard !hasAnswered, waitReady.nanoseconds < .max else { return .never }
        return loss.opened + waitReady
    }

    /// Whether the last call lets through what has failed.
    package var isLastCall: Bool { loss?.isLastCall ?? false }

    /// When the last call is due after tries in vain for so long; never where requests do not arrive or never did.
    package func lastCall(after patience: TimeSpan) -> Instant {
        guard isFailing, hasAnswered, let loss else { return .never }
        return loss.opened + patience
    }

    /// Takes note of a request that goes, of a row that had not failed before.
    package mutating func send() {
        if streak > 0 { sentInStreak += 1 }
    }

    /// Takes note of the request that tries.
    package mutating func probe(_ grant: UInt64) {
        if loss?.probe == nil { loss?.probe = grant }
    }

    /// Takes note that a request failed; returns whether that opens the circuit.
    ///
    /// `isFirst` tells whether its row had never failed before, `isOfServer` whether the reply said that the server cannot
    /// serve, `most` how many may be in flight; without `mayOpen` the failure only counts.
    package mutating func fail(
        _ grant: UInt64, _ trouble: Trouble, isFirst: Bool, isOfServer: Bool = false, most: Int = .max,
        mayOpen: Bool = true, now: Instant, using random: inout SplitMix64
    ) -> Bool {
        if let open = loss {
            if open.isLastCall, case .unreachable = trouble {
                // What does not arrive costs no row a try, so nothing would hold them up.
                tryAgain(now: now)
                loss?.trouble = trouble
                loss?.next = now + Self.wait(after: 1, using: &random)
                return false
            }
            // Requests that were on their way when it opened fail in a heap; only the one that tries tells more.
            guard open.probe == grant else { return false }
            if trouble.isMisdirection, !open.trouble.isMisdirection { loss?.opened = now }
            loss?.trouble = trouble
            loss?.tries += 1
            loss?.next = now + Self.wait(after: open.tries + 1, using: &random)
            loss?.probe = nil
            return false
        }
        var since = now
        switch trouble {
        case .unreachable: break
        case .misdirected:
            if misdirected == 0 { misdirectedSince = now }
            misdirected += 1
            guard misdirected >= (hasAnswered ? Self.mostMisdirected : 1) else { return false }
        case .failing:
            guard isFirst else { return false }
            if streak == 0 {
                streakBegan = now
                sentInStreak = 0
            }
            streak += 1
            let threshold = hasAnswered || isOfServer ? min(threshold, max(most, Self.leastThreshold)) : threshold
            guard streak >= threshold, 2 * streak >= sentInStreak, mayOpen else { return false }
            since = streakBegan
        }
        loss = Loss(
            since: since, opened: now, trouble: trouble, next: now + Self.wait(after: 1, using: &random))
        return true
    }

    /// Takes note of a reply that is no failure; returns how long there was none if that closes the circuit.
    ///
    /// Late replies to requests from before the trouble prove nothing.
    package mutating func answer(_ grant: UInt64, sentAt: Instant, now: Instant) -> TimeSpan? {
        hasAnswered = true
        if misdirected > 0, sentAt > misdirectedSince { misdirected = 0 }
        if streak > 0 || loss != nil {
            if let loss, loss.probe != grant, sentAt <= loss.since { return nil }
            if loss == nil, sentAt <= streakBegan { return nil }
        }
        streak = 0
        streakBegan = .never
        guard let lost = loss else { return nil }
        loss = nil
        misdirected = 0
        isGivenUp = false
        return now - lost.since
    }

    /// Takes note that the request that was to try was not sent after all: another may go at once.
    package mutating func withdraw(_ grant: UInt64, now: Instant) {
        guard loss?.probe == grant, loss != nil else { return }
        loss?.probe = nil
        loss?.next = now
    }

    /// Lets everything through that has failed.
    package mutating func callLast() {
        loss?.isLastCall = true
        loss?.probe = nil
    }

    /// Ends the last call: single requests try again, the first one at once.
    package mutating func tryAgain(now: Instant) {
        guard isLastCall else { return }
        loss?.isLastCall = false
        loss?.opened = now
        loss?.tries = 1
        loss?.next = now
    }

    /// Gives up what is expected to answer no more, once its deadline has passed; returns whether it does so now.
    package mutating func expire(now: Instant) -> Bool {
        guard deadline <= now else { return false }
        isGivenUp = true
        return true
    }

    /// Between one half and the whole of 1, 2, 4 … 15 s.
    private static func wait(after tries: Int, using random: inout SplitMix64) -> TimeSpan {
        .seconds(backoff.ceiling(attempt: tries).seconds * (1 + random.unit()) / 2)
    }
}
