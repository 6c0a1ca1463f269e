import SluiceCore

/// Requests that were sent one after the other at the same concurrency, and what they show.
///
/// Those that fill the server up to that concurrency do not belong to it: they find shorter queues than it means. It is
/// measured when four fifths of its requests have ended, so that it takes as long as answers do, and one that never
/// comes changes nothing.
struct Cohort: Sendable {
    /// The share of the requests that must have ended.
    private static let enough = 0.8
    /// The share that makes the first of them.
    private static let firstShare = 0.25
    private static let leastFirst = 4

    /// The number of its first request.
    private let first: Int
    private let began: Instant
    /// How many requests belong to it; nil while it takes more.
    private var size: Int?
    private let least: Int
    private let shortest: TimeSpan
    private var ended = 0
    private var inFlight: Int
    private var asOf: Instant
    private(set) var throughput: Throughput

    /// A cohort of `least` requests and more, those that are sent in the `shortest` time; it begins with the one after
    /// `number`, and goes on from what others have shown at the same concurrency.
    init(
        after number: Int, inFlight: Int, least: Int, shortest: TimeSpan, goingOnFrom former: Throughput?, now: Instant
    ) {
        first = number + 1
        began = now
        self.least = least
        self.shortest = shortest
        self.inFlight = inFlight
        asOf = now
        throughput = former ?? Throughput()
    }

    /// Since when it goes on.
    func age(now: Instant) -> TimeSpan { now - began }

    /// Whether the first have ended, which are short or lucky; to be compared with the first of others only.
    var hasFirst: Bool { ended >= max(Self.leastFirst, Int(Self.firstShare * Double(least))) }

    /// Whether it can be measured.
    var isComplete: Bool { size.map { Double(ended) >= (Double($0) * Self.enough).rounded(.up) } ?? false }

    /// Takes note of a request that was sent, the number-th.
    mutating func send(number: Int, inFlight: Int, now: Instant) {
        pass(inFlight: inFlight, now: now)
        guard size == nil else { return }
        let sent = number - first + 1
        // Multiples of five, so that the same share of every cohort is left out.
        if sent >= least, sent.isMultiple(of: 5), now - began >= shortest { size = sent }
    }

    /// Takes note that a request ended; nil if it says nothing of the server.
    mutating func end(
        _ ending: AdaptiveConcurrency.Ending?, number: Int, after time: TimeSpan, inFlight: Int, now: Instant
    ) {
        pass(inFlight: inFlight, now: now)
        guard number >= first, size.map({ number < first + $0 }) ?? true else { return }
        ended += 1
        switch ending {
        case .answered(let tokens): throughput.add(tokens: tokens, isAnswer: true, seconds: time.seconds)
        case .failed: throughput.add(tokens: 0, isAnswer: false, seconds: time.seconds)
        case nil: break
        }
    }

    private mutating func pass(inFlight count: Int, now: Instant) {
        throughput.pass(inFlight: inFlight, seconds: (now - asOf).seconds)
        inFlight = count
        asOf = now
    }
}
