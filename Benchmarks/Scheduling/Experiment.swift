import HeapModule
import SluiceCore
import SluiceScheduling

/// A run of one scenario with one seed in virtual time: slots that carry rows through an ``AdmissionMachine``.
struct Experiment {
    private enum Kind: UInt8 {
        case arrive, answer, refused, broken, unreachable, invalid
    }

    private struct Event: Comparable {
        let at: Int64
        let flight: Int32
        let kind: Kind
        static func < (left: Event, right: Event) -> Bool { (left.at, left.flight) < (right.at, right.flight) }
        static func == (left: Event, right: Event) -> Bool { left.at == right.at && left.flight == right.flight }
    }

    private struct Flight {
        var grant: Grant
        var row: Int32
        var entry: Int
        var charged: Double
        var wait: Double
    }

    private struct RowState {
        var row: Mix.Row
        var attempts: UInt8 = 0
        var isEnded = false
        var asked: Int64 = 0
        /// When it must have gone by if nobody starves; seconds from its request.
        var patience = Double.infinity
    }

    let scenario: Scenario
    private(set) var result: Outcome
    private var machine: AdmissionMachine
    private var counters: [Counter]
    private var heap = Heap<Event>()
    private var flights: [Flight] = []
    private var free: [Int32] = []
    private var rows: [RowState] = []
    private var nextRow = 0
    private var now: Int64 = 0
    private var wake = Int64.max
    private var random: SplitMix64
    private var actions: [AdmissionMachine.Action] = []
    private var meanOutput = 500.0
    private var answers = 0.0
    private var waitingTokens = 0.0
    private var inFlight = 0
    private var isChanged = false
    private var dead: [Bool]

    init(_ scenario: Scenario, seed: UInt64) {
        self.scenario = scenario
        let accounts = scenario.keys.indices.map { index in
            AdmissionPolicy.Account(
                name: "key \(index)", limits: scenario.keys[index].told, credentials: ["key \(index)"])
        }
        machine = AdmissionMachine(
            AdmissionPolicy(accounts: accounts, concurrency: scenario.slots, seed: seed),
            now: Now(mono: Instant(nanoseconds: 0), wall: WallTime(nanoseconds: 0)))
        counters = scenario.keys.map { Counter($0.truth) }
        random = SplitMix64(seed: seed &+ 0x51CE)
        dead = Array(repeating: false, count: scenario.keys.count)
        result = Outcome(seed: seed, keys: scenario.keys.count)
        if let outage = scenario.faults.outage { result.peakAfter = Int(outage.upperBound) }
        var mix = SplitMix64(seed: seed &+ 77)
        rows.reserveCapacity(scenario.rows)
        for _ in 0..<scenario.rows { rows.append(RowState(row: scenario.mix.row(using: &mix))) }
    }

    private var seconds: Double { Double(now) / 1e9 }
    private var present: Now { Now(mono: Instant(nanoseconds: now), wall: WallTime(nanoseconds: now)) }

    /// Runs until every row has ended.
    mutating func run() {
        for _ in 0..<min(scenario.slots, scenario.rows) { start() }
        while result.ended < scenario.rows {
            let next = heap.min?.at ?? .max
            guard min(next, wake) < .max else {
                result.violations.append("nothing will ever happen, with \(scenario.rows - result.ended) rows left")
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
        }
        result.finish(scenario, rows: rows.lazy.map(\.row), seconds: seconds)
    }

    private mutating func start() {
        guard nextRow < rows.count else { return }
        let row = nextRow
        nextRow += 1
        ask(row, isRetry: false)
    }

    private mutating func ask(_ row: Int, isRetry: Bool, notBefore: Instant? = nil, avoiding: CredentialIndex? = nil) {
        let input = rows[row].row.input
        rows[row].asked = now
        if let told = scenario.keys[0].told.tokensPerMinute, scenario.keys.count == 1 {
            rows[row].patience = 2 * (waitingTokens + Double(input + scenario.mix.maxOutput)) / told * 60 + 5
        }
        waitingTokens += Double(input) + meanOutput
        let demand = TokenDemand(input: input, output: Int(meanOutput), maxOutput: scenario.mix.maxOutput)
        send(
            .request(
                Ticket(UInt64(row)), demand: demand, notBefore: notBefore, avoiding: avoiding, isRetry: isRetry))
    }

    private mutating func send(_ event: AdmissionMachine.Event) {
        actions.removeAll(keepingCapacity: true)
        machine.handle(event, now: present, into: &actions)
        for index in actions.indices {
            switch actions[index] {
            case .grant(let ticket, let grant): depart(Int(ticket.rawValue), grant)
            case .wake(let moment): wake = moment.nanoseconds
            case .refuse(let ticket, _): end(Int(ticket.rawValue))
            case .reserve, .notice: break
            }
        }
    }

    private mutating func depart(_ row: Int, _ grant: Grant) {
        result.note(grant: row, account: grant.account, at: now)
        inFlight += 1
        if inFlight > scenario.slots { result.violations.append("\(inFlight) in flight at \(seconds) s") }
        if rows[row].isEnded { result.violations.append("row \(row) was sent after its end at \(seconds) s") }
        if dead[grant.account] { result.violations.append("a dead key was used at \(seconds) s") }
        let waited = Double(now - rows[row].asked) / 1e9
        waitingTokens = max(0, waitingTokens - Double(rows[row].row.input) - meanOutput)
        if rows[row].row.input >= scenario.mix.giant {
            result.longestGiantWait = max(result.longestGiantWait, waited)
        }
        if waited > rows[row].patience, scenario.faults.change == nil, rows[row].attempts == 0 {
            result.violations.append("row \(row) waited \(waited) s, more than \(rows[row].patience) s")
        }
        let flight = Flight(grant: grant, row: Int32(row), entry: 0, charged: 0, wait: 0)
        let place: Int32
        if let last = free.popLast() {
            place = last
            flights[Int(last)] = flight
        } else {
            place = Int32(flights.count)
            flights.append(flight)
        }
        schedule(0.001 + scenario.mix.jitter * random.unit(), place, .arrive)
    }

    private mutating func schedule(_ seconds: Double, _ flight: Int32, _ kind: Kind) {
        heap.insert(Event(at: now + Int64(seconds * 1e9), flight: flight, kind: kind))
    }

    private mutating func happen(_ event: Event) {
        let place = Int(event.flight)
        if event.kind == .arrive { return arrive(place) }
        let flight = flights[place]
        let row = Int(flight.row)
        free.append(event.flight)
        inFlight -= 1
        switch event.kind {
        case .answer:
            let state = rows[row].row
            let counter = scenario.keys[flight.grant.account].counter ?? flight.grant.account
            let used = Double(state.input + state.output)
            counters[counter].end()
            counters[counter].settle(entry: flight.entry, charged: flight.charged, used: used, at: seconds)
            answers += 1
            meanOutput += (Double(state.output) - meanOutput) / min(answers, 200)
            result.note(answer: used, account: flight.grant.account, acceptedAt: flight.grant.sentAt)
            send(
                .settled(
                    flight.grant, .answered(tokens: TokenUse(input: state.input, output: state.output))))
            end(row)
        case .refused:
            result.note(refusalAt: seconds)
            let wait = flight.wait * scenario.faults.retryAfterFactor
            send(
                .settled(
                    flight.grant, .throttled(wait: scenario.faults.saysRetryAfter ? .seconds(wait) : nil)))
            ask(row, isRetry: true)
        case .broken:
            rows[row].attempts += 1
            counters[scenario.keys[flight.grant.account].counter ?? flight.grant.account].end()
            send(.settled(flight.grant, .failed(reason: "http 500")))
            guard rows[row].attempts < 6 else {
                result.failed += 1
                return end(row)
            }
            let delay = Backoff().delay(attempt: Int(rows[row].attempts), using: &random)
            ask(row, isRetry: true, notBefore: Instant(nanoseconds: now) + delay, avoiding: flight.grant.credential)
        case .unreachable:
            result.unreachable += 1
            send(.settled(flight.grant, .unreachable(reason: "refused")))
            ask(row, isRetry: true)
        case .invalid:
            dead[flight.grant.account] = true
            send(.settled(flight.grant, .retired(reason: "invalid")))
            ask(row, isRetry: true)
        case .arrive: break
        }
    }

    private mutating func arrive(_ place: Int) {
        if let change = scenario.faults.change, !isChanged, seconds >= change.at {
            isChanged = true
            for index in counters.indices { counters[index].change(by: change.factor) }
        }
        let flight = flights[place]
        let key = scenario.keys[flight.grant.account]
        if let outage = scenario.faults.outage, outage.contains(seconds) {
            return schedule(0.001, Int32(place), .unreachable)
        }
        if let dies = key.dies, seconds >= dies { return schedule(0.01, Int32(place), .invalid) }
        let row = rows[Int(flight.row)].row
        let charged = Double(row.input) + (key.truth.charge == .actual ? 0 : Double(scenario.mix.maxOutput))
        let counter = key.counter ?? flight.grant.account
        let isStray = scenario.faults.strays > 0 && random.unit() < scenario.faults.strays
        let isCrowded = counters[counter].isFull
        let verdict =
            isStray || isCrowded ? (entry: nil, wait: 1) : counters[counter].admit(charged: charged, at: seconds)
        guard let entry = verdict.entry else {
            flights[place].wait = verdict.wait
            return schedule(0.001, Int32(place), .refused)
        }
        flights[place].entry = entry
        flights[place].charged = charged
        counters[counter].begin()
        if scenario.faults.serverErrors > 0, random.unit() < scenario.faults.serverErrors {
            return schedule(row.latency * random.unit(), Int32(place), .broken)
        }
        var latency = row.latency
        if scenario.faults.stalls > 0, random.unit() < scenario.faults.stalls { latency *= 20 }
        schedule(latency + 0.001, Int32(place), .answer)
    }

    private mutating func end(_ row: Int) {
        if rows[row].isEnded { result.violations.append("row \(row) ended twice") }
        rows[row].isEnded = true
        result.ended += 1
        start()
    }
}
