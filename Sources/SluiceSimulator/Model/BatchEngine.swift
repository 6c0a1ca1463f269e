import SluiceCore

/// A server that generates all its answers at once: processor sharing with a key-value cache, in the provider's time.
///
/// All running sequences have been given the same work since a common origin, so that one number, `given`, stands for
/// the progress of all, and the next to end is the one whose mark is lowest (Parekh and Gallager: "A generalized
/// processor sharing approach to flow control", 1993, section V). Work is counted in tokens of an answer.
struct BatchEngine: Sendable {
    /// A sequence that has ended.
    struct Departure: Sendable, Equatable {
        let sequence: Int
        let at: Instant
    }

    private struct Waiting {
        let reading: Double
        let writing: Double
        let cache: Int
    }

    private struct Running {
        /// What `given` was when its answer began.
        let origin: Double
        let cache: Int
    }

    private struct Mark: Comparable {
        /// What `given` will be when the sequence ends.
        let end: Double
        let sequence: Int
        static func < (left: Mark, right: Mark) -> Bool {
            (left.end, left.sequence) < (right.end, right.sequence)
        }
    }

    private let options: SimulatorOptions.Engine
    private var next = 0
    private var waiting: [Int: Waiting] = [:]
    private var queue: [Int] = []
    private var queueStart = 0
    private var running: [Int: Running] = [:]
    private var marks = BinaryHeap<Mark>()
    private var given = 0.0
    private var asOf: Instant
    private var cacheUsed = 0
    /// Those that have ended and were not handed out yet, in the order of their ends.
    private var departures: [Departure] = []

    init(_ options: SimulatorOptions.Engine, start: Instant) {
        self.options = options
        asOf = start
    }

    /// Sequences that run now.
    var runningCount: Int { running.count }

    /// Sequences that wait for room.
    var waitingCount: Int { waiting.count }

    /// The share of the cache that is in use; 0 where it has no limit.
    var cacheUse: Double { options.cacheTokens.map { Double(cacheUsed) / Double($0) } ?? 0 }

    /// When the next sequence ends if none comes or goes before, or nil if none runs.
    var nextEvent: Instant? {
        if let first = departures.first { return first.at }
        return marks.first.map { moment(of: $0) }
    }

    /// Takes a sequence in: a prompt to read and an answer to write.
    mutating func arrive(prompt: Int, answer: Int, now: Instant) -> Int {
        run(to: now)
        next += 1
        let reading = options.promptTokensPerSecond.map { Double(prompt) * options.tokensPerSecondOfOne / $0 } ?? 0
        waiting[next] = Waiting(reading: reading, writing: Double(answer), cache: prompt + answer)
        queue.append(next)
        startWaiting()
        return next
    }

    /// Takes a sequence out that nobody waits for any more; nothing happens if it has ended.
    mutating func cancel(_ sequence: Int, now: Instant) {
        run(to: now)
        departures.removeAll { $0.sequence == sequence }
        waiting[sequence] = nil
        release(sequence)
        dropMarksOfTheGone()
        startWaiting()
    }

    /// Goes on to a moment and hands out the sequences that have ended, in the order of their ends.
    mutating func advance(to now: Instant) -> [Departure] {
        run(to: now)
        defer { departures = [] }
        return departures
    }

    /// The tokens of an answer that are written, or nil if it has ended.
    func written(_ sequence: Int) -> Double? {
        if let running = running[sequence] { return max(0, given - running.origin) }
        return waiting[sequence] == nil ? nil : 0
    }

    /// The same at a moment; those that end until then are kept for ``advance(to:)``.
    mutating func written(_ sequence: Int, now: Instant) -> Double? {
        run(to: now)
        return written(sequence)
    }

    /// Tokens per second of each running sequence.
    private var speed: Double {
        min(options.tokensPerSecondOfOne, options.tokensPerSecond / Double(max(1, running.count)))
    }

    private func moment(of mark: Mark) -> Instant {
        asOf + TimeSpan(nanoseconds: Int64(min(9e18, max(0, ((mark.end - given) / speed * 1e9).rounded(.up)))))
    }

    private mutating func run(to now: Instant) {
        while let mark = marks.first, case let at = moment(of: mark), at <= now {
            (given, asOf) = (max(given, mark.end), at)
            departures.append(Departure(sequence: mark.sequence, at: at))
            release(mark.sequence)
            dropMarksOfTheGone()
            startWaiting()
        }
        guard now > asOf else { return }
        // From zero again whenever nothing runs, so that the number does not grow beyond what a double can hold.
        given = running.isEmpty ? 0 : given + speed * (now - asOf).seconds
        asOf = now
    }

    private mutating func release(_ sequence: Int) {
        guard let gone = running.removeValue(forKey: sequence) else { return }
        cacheUsed -= gone.cache
    }

    private mutating func dropMarksOfTheGone() {
        while let mark = marks.first, running[mark.sequence] == nil { marks.removeFirst() }
    }

    /// First come, first served: who does not fit holds up all behind.
    private mutating func startWaiting() {
        while queueStart < queue.count {
            let sequence = queue[queueStart]
            if let wanted = waiting[sequence] {
                guard running.count < options.sequences ?? .max else { break }
                if let cache = options.cacheTokens, cacheUsed + wanted.cache > cache, !running.isEmpty { break }
                waiting[sequence] = nil
                running[sequence] = Running(origin: given + wanted.reading, cache: wanted.cache)
                marks.insert(Mark(end: given + wanted.reading + wanted.writing, sequence: sequence))
                cacheUsed += wanted.cache
            }
            queueStart += 1
        }
        guard queueStart > 64, queueStart > queue.count / 2 else { return }
        queue.removeFirst(queueStart)
        queueStart = 0
    }
}
