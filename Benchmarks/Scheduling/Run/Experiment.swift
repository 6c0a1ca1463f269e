import HeapModule
import SluiceCore
import SluiceScheduling

/// A run of one scenario with one seed in virtual time: slots that carry rows through an ``AdmissionMachine``.
///
/// This file is the clock; `Experiment+Client.swift` is the run, `Experiment+Provider.swift` what it talks to. At every
/// step both hold what happens against what must never happen; see ``violate(_:)``.
struct Experiment {
    enum Kind: UInt8 {
        case arrive, answer, refused, broken, unreachable, invalid, reserved
    }

    struct Event: Comparable {
        let at: Int64
        let flight: Int32
        let kind: Kind
        static func < (left: Event, right: Event) -> Bool { (left.at, left.flight) < (right.at, right.flight) }
        static func == (left: Event, right: Event) -> Bool { left.at == right.at && left.flight == right.flight }
    }

    let scenario: Scenario
    let patience: Patience
    var result: Outcome
    var machine: AdmissionMachine
    var counters: [Counter]
    var heap = Heap<Event>()
    var flights: [Flight] = []
    var free: [Int32] = []
    var rows: [RowState] = []
    var nextRow = 0
    /// Slots without a row.
    var vacant = 0
    var now: Int64 = 0
    var lastSend: Int64 = 0
    var wake = Int64.max
    var random: SplitMix64
    var actions: [AdmissionMachine.Action] = []
    var meanOutput = 500.0
    var answers = 0.0
    var waitingTokens = 0.0
    var waiting = 0
    var inFlight = 0
    var isChanged = false
    var dead: [Bool]
    var turns: TurnOrder
    var room: RoomWitness?
    var budget: Budget?
    var spend: SpendWitness?
    var days: DayLedger?
    var dayWitness: DayWitness?
    var reservations: [DayDemand] = []
    /// Whether what a request can cost matters.
    let countsMoney: Bool
    let isTruthful: Bool
    let isPlain: Bool

    init(_ given: Scenario, seed: UInt64) {
        var scenario = given
        // A buffer of its own: what several threads count references of is slow.
        scenario.keys = given.keys.map(\.self)
        self.scenario = scenario
        let accounts = scenario.keys.indices.map { index -> AdmissionPolicy.Account in
            var account = AdmissionPolicy.Account(
                name: "key \(index)", limits: scenario.keys[index].told, credentials: ["key \(index)"])
            account.sharesDays = scenario.day != nil
            return account
        }
        machine = AdmissionMachine(
            AdmissionPolicy(accounts: accounts, concurrency: scenario.slots, seed: seed),
            now: Now(mono: Instant(nanoseconds: 0), wall: WallTime(nanoseconds: 0)))
        counters = scenario.keys.map { Counter($0.truth) }
        random = SplitMix64(seed: seed &+ 0x51CE)
        dead = Array(repeating: false, count: scenario.keys.count)
        result = Outcome(scenario, seed: seed)
        (isTruthful, isPlain) = (scenario.isTruthful, scenario.isPlain)
        turns = TurnOrder(rows: scenario.rows)
        if isPlain { room = RoomWitness(scenario) }
        budget = scenario.budget.map { Budget(limit: $0) }
        spend = scenario.budget.map { SpendWitness(limit: $0) }
        days = scenario.day.map { DayLedger(given, length: $0) }
        dayWitness = scenario.day.map { DayWitness(given, length: $0) }
        countsMoney = scenario.budget != nil || scenario.keys.contains { $0.told.spendPerDay != nil }
        patience = Patience(scenario)
        var mix = SplitMix64(seed: seed &+ 77)
        rows.reserveCapacity(scenario.rows)
        for _ in 0..<scenario.rows { rows.append(RowState(row: scenario.mix.row(using: &mix))) }
    }

    var seconds: Double { Double(now) / 1e9 }

    /// Runs until every row has ended, or nothing good is to be expected any more.
    mutating func run() {
        let bound = Capacity(scenario, rows: rows.lazy.map(\.row)).bound
        let latest = Int64((5 * bound + 600) * 1e9)
        vacant = scenario.slots
        start()
        while result.ended < scenario.rows {
            let next = heap.min?.at ?? .max
            guard min(next, wake) < .max else {
                violate("nothing will ever happen, with \(scenario.rows - result.ended) rows left")
                break
            }
            guard min(next, wake) < latest else {
                violate("\(scenario.rows - result.ended) rows are left after \(seconds) s, the bound is \(bound) s")
                break
            }
            if wake <= next {
                now = max(now, wake)
                wake = .max
                send(.timer)
            } else {
                let event = heap.removeMin()
                now = event.at
                happen(event)
            }
            start()
        }
        conclude()
    }

    mutating func schedule(_ seconds: Double, _ flight: Int32, _ kind: Kind) {
        heap.insert(Event(at: now + Int64(seconds * 1e9), flight: flight, kind: kind))
    }

    /// Takes note of what must never happen.
    mutating func violate(_ text: String) { result.violate(text) }

    /// What must hold when all is over.
    private mutating func conclude() {
        let lost = rows.count(where: { !$0.stage.isEnd })
        if lost > 0 { violate("\(lost) rows have no end") }
        if result.answered + result.failed + result.refused != scenario.rows {
            violate("\(result.answered) answered, \(result.failed) failed, \(result.refused) refused rows")
        }
        if inFlight != 0 { violate("\(inFlight) in flight after the last end") }
        let snapshot = machine.snapshot(now: present)
        if snapshot.inFlight != 0 || snapshot.accounts.contains(where: { $0.inFlight != 0 }) {
            violate("admission believes that \(snapshot.inFlight) are in flight after the last end")
        }
        if snapshot.waiting != 0 { violate("\(snapshot.waiting) wait after the last end") }
        if let budget { result.spent = Double(budget.spent.picodollars) / Double(budget.limit.picodollars) }
        if let dayWitness { result.dayUse = dayWitness.leastUse }
        result.finish(scenario, rows: rows.lazy.map(\.row), seconds: seconds)
    }

    var present: Now { Now(mono: Instant(nanoseconds: now), wall: WallTime(nanoseconds: now)) }
}
