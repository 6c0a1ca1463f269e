import SluiceCore
import SluiceScheduling

/// What came of an experiment.
struct Outcome: Sendable {
    let seed: UInt64
    private(set) var answered = 0
    private(set) var failed = 0
    private(set) var refused = 0
    private(set) var sends = 0
    private(set) var refusals = 0
    /// Those that were refused by chance.
    private(set) var strays = 0
    /// The longest wait of a request, over how long it may.
    var longestWait = 0.0
    /// The longest that nothing was sent while something waited, in seconds.
    var longestPause = 0.0
    /// The longest that a request had its turn before it went, over how long it may.
    var longestTurn = 0.0
    /// What was spent over what may be; negative without a budget.
    var spent = -1.0
    /// The least use of a day's limit; negative without one.
    var dayUse = -1.0
    /// What must never happen: the first few, and how many.
    private(set) var violations: [String] = []
    private(set) var violationCount = 0
    private(set) var trace: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var seconds = 0.0
    /// The least time that any client needs.
    private(set) var bound = 0.0
    private(set) var figures: [Measure: Double] = [:]
    /// Seconds of CPU that it took.
    var cpu = 0.0
    private var lateRefusals = 0
    private var lateSends = 0
    private var log: AnswerLog
    private var peak = PeakSecond()

    init(_ scenario: Scenario, seed: UInt64) {
        self.seed = seed
        log = AnswerLog(keys: scenario.keys.count)
    }

    /// How many rows have ended.
    var ended: Int { answered + failed + refused }

    /// A figure, if it applies.
    func figure(_ measure: Measure) -> Double? { figures[measure] }

    /// Takes note of what must never happen.
    mutating func violate(_ text: String) {
        violationCount += 1
        if violations.count < 3 { violations.append(text) }
    }

    mutating func end(_ stage: RowStage) {
        switch stage {
        case .answered: answered += 1
        case .failed: failed += 1
        default: refused += 1
        }
    }

    mutating func note(grant row: Int, account: Int, at now: Int64) {
        sends += 1
        if now > 60_000_000_000 { lateSends += 1 }
        log.sent(at: now)
        trace = (trace ^ UInt64(bitPattern: now &+ Int64(row) &<< 20 &+ Int64(account))) &* 0x100_0000_01b3
    }

    mutating func note(refusalAt seconds: Double, isStray: Bool) {
        refusals += 1
        if isStray { return strays += 1 }
        log.refused(at: seconds)
        if seconds > 60 { lateRefusals += 1 }
    }

    mutating func note(answer tokens: TokenUse, account: Int, acceptedAt: Instant) {
        log.answered(tokens, key: account, at: acceptedAt.nanoseconds)
    }

    mutating func note(arrivalAt seconds: Double, after end: Double) {
        if seconds >= end { peak.add(seconds) }
    }

    /// Measures the run against what is possible.
    mutating func finish(_ scenario: Scenario, rows: some Sequence<Mix.Row>, seconds: Double) {
        self.seconds = seconds
        let capacity = Capacity(scenario, rows: rows)
        bound = capacity.bound
        let counted = Double(refusals - strays)
        figures[.refusals] = counted / Double(max(1, sends)) * 1000
        figures[.lateRefusals] = Double(lateRefusals) / Double(max(1, lateSends)) * 1000
        figures[.makespan] = seconds / bound
        figures[.sends] = Double(sends) / Double(scenario.rows)
        figures[.wait] = longestWait
        figures[.pause] = longestPause
        if scenario.isPlain { figures[.turn] = longestTurn }
        if spent >= 0 { figures[.spent] = spent }
        if dayUse >= 0 { figures[.dayUse] = dayUse }
        if scenario.faults.outage != nil { figures[.peak] = Double(peak.most) / capacity.requestRate }
        let from = Int(seconds / 4)
        let to = Int(seconds * 3 / 4)
        let use = capacity.use(log, from, to)
        if capacity.isRated, to > from, use.isFinite { figures[.use] = use }
        if scenario.keys.count > 1, to > from { figures[.leastKeyUse] = capacity.leastKeyUse(log, from, to) }
        figures[.loss] = capacity.loss(log, until: to)
        if let change = scenario.faults.change {
            figures[.recovery] = capacity.recovery(log, after: Int(change.at), until: to)
        }
        log = AnswerLog(keys: 0)
    }
}
