import HeapModule
import SluiceCore
import SluiceScheduling

/// A run in virtual time: slots that carry rows through an ``AdmissionMachine`` to simulated servers, one per account.
struct Simulation {
    /// How a row ended.
    enum End: Equatable {
        case answered
        case failed
        case refused(AdmissionMachine.Refusal)
    }

    private enum Happening {
        case start(slot: Int)
        case arrive(slot: Int, row: Int, grant: Grant)
        case reply(slot: Int, row: Int, grant: Grant, verdict: SimulatedServer.Verdict)
        case timer(version: Int)
        case connected(after: TimeSpan)
        case cancel(row: Int)
        case stop
    }

    private struct Scheduled: Comparable {
        let at: Int64
        let order: Int
        let what: Happening
        static func < (left: Scheduled, right: Scheduled) -> Bool { (left.at, left.order) < (right.at, right.order) }
        static func == (left: Scheduled, right: Scheduled) -> Bool { left.order == right.order }
    }

    private struct Row {
        var slot: Int
        var attempts = 0
        var ends: [End] = []
    }

    var machine: AdmissionMachine
    var servers: [SimulatedServer]
    let rows: Int
    let slots: Int
    /// The estimate of each row's tokens.
    var tokens: (Int) -> Int = { _ in 0 }
    /// What a row really costs, or nil for what was estimated.
    var actualTokens: ((Int) -> Int)?
    var maxAttempts = 6
    /// The time that each row's answer takes, in seconds; nil for the server's.
    var work: ((Int) -> Double)?
    /// Rows that fail whatever is done with them, in a hundredth of a second.
    var neverSucceed: Range<Int> = 0..<0
    /// Whether the machine is told that no rows are left to be read.
    var tellsEnd = false
    /// Whether all accounts secretly draw on the first server.
    var sharesServer = false
    /// Whether each slot's first send opens a connection, of which the machine is told.
    var reportsConnections = false

    private(set) var now: Int64 = 0
    private(set) var ends: [Int: [End]] = [:]
    private(set) var answered = 0
    private(set) var refusals = 0
    private(set) var refusedTimes: [Double] = []
    private(set) var sends = 0
    private(set) var grantsPerAccount: [Int]
    private(set) var notices: [(time: Double, notice: AdmissionMachine.Notice)] = []
    private(set) var trace: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var sendsOfRow: [Int: Int] = [:]
    private(set) var sentTimes: [Double] = []
    private(set) var sentTokens: [(time: Double, tokens: Int)] = []
    private(set) var timers = 0
    private(set) var violations: [String] = []
    private var heap = Heap<Scheduled>()
    private var order = 0
    private var timerVersion = 0
    private var nextRow = 0
    private var rowOfTicket: [UInt64: (slot: Int, row: Int)] = [:]
    private var random: SplitMix64
    private var backoffRandom: SplitMix64
    private var attempts: [Int: Int] = [:]
    private var refused: [Int: RowRefusals] = [:]

    init(_ policy: AdmissionPolicy, servers: [SimulatedServer], rows: Int, slots: Int) {
        machine = AdmissionMachine(policy, now: Self.instant(0))
        self.servers = servers
        self.rows = rows
        self.slots = slots
        grantsPerAccount = Array(repeating: 0, count: policy.accounts.count)
        random = SplitMix64(seed: policy.seed &+ 1)
        backoffRandom = SplitMix64(seed: policy.seed &+ 2)
    }

    static func instant(_ nanoseconds: Int64) -> Now {
        Now(mono: Instant(nanoseconds: nanoseconds + 1_000_000_000), wall: WallTime(nanoseconds: nanoseconds))
    }

    /// The virtual time, in seconds.
    var seconds: Double { Double(now) / 1e9 }

    mutating func cancel(row: Int, at seconds: Double) { schedule(Int64(seconds * 1e9), .cancel(row: row)) }
    mutating func stop(at seconds: Double) { schedule(Int64(seconds * 1e9), .stop) }

    /// Runs until every row has ended, or until `limit` seconds have passed.
    mutating func run(limit: Double = 1e5) {
        for slot in 0..<slots { schedule(0, .start(slot: slot)) }
        while let next = heap.popMin() {
            guard Double(next.at) / 1e9 <= limit else { break }
            if case .timer(let version) = next.what, version != timerVersion { continue }
            now = next.at
            happen(next.what)
            if ends.count == rows { break }
        }
    }

    private func server(of grant: Grant) -> Int { sharesServer ? 0 : grant.account }

    private mutating func schedule(_ at: Int64, _ what: Happening) {
        order += 1
        heap.insert(Scheduled(at: at, order: order, what: what))
    }

    private mutating func happen(_ what: Happening) {
        switch what {
        case .start(let slot):
            guard nextRow < rows else { return }
            let row = nextRow
            nextRow += 1
            ask(slot: slot, row: row)
            if tellsEnd, nextRow == rows { send(.drained) }
        case .arrive(let slot, let row, let grant): arrive(slot: slot, row: row, grant: grant)
        case .reply(let slot, let row, let grant, let verdict):
            reply(slot: slot, row: row, grant: grant, verdict: verdict)
        case .timer:
            timers += 1
            send(.timer)
        case .connected(let time): send(.connected(after: time))
        case .cancel(let row): send(.cancel(Ticket(UInt64(row))))
        case .stop: send(.stop)
        }
    }

    private mutating func ask(
        slot: Int, row: Int, notBefore: Instant? = nil, avoiding: CredentialIndex? = nil, isRetry: Bool = false,
        yields: Bool = false
    ) {
        rowOfTicket[UInt64(row)] = (slot, row)
        send(
            .request(
                Ticket(UInt64(row)),
                demand: work == nil ? TokenDemand(input: tokens(row)) : TokenDemand(output: tokens(row)),
                notBefore: notBefore, avoiding: avoiding,
                isRetry: isRetry, yields: yields))
    }

    private mutating func arrive(slot: Int, row: Int, grant: Grant) {
        let place = server(of: grant)
        var verdict = servers[place].judge(at: seconds)
        let isPoison = verdict == .accepted && neverSucceed.contains(row)
        if isPoison { verdict = .broken }
        let work =
            switch verdict {
            case .broken where isPoison: 0.01
            case .accepted, .broken: work?(row) ?? servers[place].time()
            case .failing: servers[place].failureLatency
            case .refused, .unreachable, .invalidKey, .quotaGone: 0.0
            }
        schedule(
            now + Int64((work + servers[place].roundTrip / 2) * 1e9),
            .reply(slot: slot, row: row, grant: grant, verdict: verdict))
    }

    private mutating func reply(slot: Int, row: Int, grant: Grant, verdict: SimulatedServer.Verdict) {
        switch verdict {
        case .accepted:
            servers[server(of: grant)].finish()
            answered += 1
            send(.settled(grant, .answered(tokens: actualTokens.map { TokenUse(input: $0(row)) })))
            end(slot: slot, row: row, .answered)
        case .refused where servers[server(of: grant)].saysOverloaded:
            refusals += 1
            fail(slot: slot, row: row, grant: grant)
        case .refused:
            refusals += 1
            refusedTimes.append(seconds)
            send(.settled(grant, .throttled(wait: servers[server(of: grant)].retryAfter.map(TimeSpan.seconds))))
            refused[row, default: RowRefusals()].add(grant)
            guard let own = refused[row], !own.areItsOwn else { return end(slot: slot, row: row, .failed) }
            ask(slot: slot, row: row, isRetry: true, yields: own.yields)
        case .unreachable:
            send(.settled(grant, .unreachable(reason: "connection refused")))
            ask(slot: slot, row: row, isRetry: true)
        case .invalidKey:
            send(.settled(grant, .retired(reason: "invalid key")))
            ask(slot: slot, row: row, isRetry: true)
        case .quotaGone:
            let until = Self.instant(Int64((servers[server(of: grant)].quotaReturns ?? 0) * 1e9)).mono
            send(.settled(grant, .parked(until: until, reason: "day quota")))
            ask(slot: slot, row: row, isRetry: true)
        case .broken, .failing:
            if verdict == .broken { servers[server(of: grant)].finish() }
            fail(slot: slot, row: row, grant: grant)
        }
    }

    private mutating func fail(slot: Int, row: Int, grant: Grant) {
        let server = servers[server(of: grant)]
        let wait = server.saysOverloaded ? server.retryAfter.map(TimeSpan.seconds) : nil
        let reason = "http 503"
        send(
            .settled(grant, server.saysOverloaded ? .overloaded(reason: reason, wait: wait) : .failed(reason: reason)))
        // Who tries out an endpoint that fails everybody uses no attempt.
        let attempt = attempts[row, default: 0] + (grant.isProbe ? 0 : 1)
        attempts[row] = attempt
        guard attempt < maxAttempts else { return end(slot: slot, row: row, .failed) }
        let delay = max(Backoff().delay(attempt: attempt, using: &backoffRandom), wait ?? .zero)
        ask(
            slot: slot, row: row, notBefore: Self.instant(now).mono + delay, avoiding: grant.credential, isRetry: true)
    }

    private mutating func end(slot: Int, row: Int, _ end: End) {
        ends[row, default: []].append(end)
        schedule(now, .start(slot: slot))
    }

    private mutating func send(_ event: AdmissionMachine.Event) {
        for action in machine.handle(event, now: Self.instant(now)) {
            switch action {
            case .grant(let ticket, let grant):
                mix(ticket.rawValue)
                mix(UInt64(bitPattern: now))
                mix(UInt64(grant.account))
                guard let (slot, row) = rowOfTicket.removeValue(forKey: ticket.rawValue) else {
                    violations.append("grant for a ticket that does not wait: \(ticket)")
                    continue
                }
                sends += 1
                sendsOfRow[row, default: 0] += 1
                sentTimes.append(seconds)
                sentTokens.append((seconds, grant.tokens.total))
                grantsPerAccount[grant.account] += 1
                let server = servers[server(of: grant)]
                var travel = server.roundTrip / 2 + server.jitter * random.unit()
                if reportsConnections, sends <= slots {
                    travel += server.roundTrip
                    let ready = TimeSpan.seconds(server.roundTrip)
                    schedule(now + ready.nanoseconds, .connected(after: ready))
                }
                schedule(now + Int64(travel * 1e9), .arrive(slot: slot, row: row, grant: grant))
            case .refuse(let ticket, let refusal):
                mix(ticket.rawValue &+ 1 << 40)
                guard let (slot, row) = rowOfTicket.removeValue(forKey: ticket.rawValue) else {
                    violations.append("refusal for a ticket that does not wait: \(ticket)")
                    continue
                }
                end(slot: slot, row: row, .refused(refusal))
            case .wake(let moment):
                timerVersion += 1
                schedule(max(now, moment.nanoseconds - 1_000_000_000), .timer(version: timerVersion))
            case .reserve: break  // no account shares its days here
            case .notice(let notice): notices.append((seconds, notice))
            }
        }
    }

    private mutating func mix(_ value: UInt64) { trace = (trace ^ value) &* 0x100_0000_01b3 }
}

extension Simulation {
    /// The most sends in any window of so many seconds.
    func most(in window: Double) -> Int {
        var best = 0
        var first = 0
        for index in sentTimes.indices {
            while sentTimes[index] - sentTimes[first] > window { first += 1 }
            best = max(best, index - first + 1)
        }
        return best
    }
}
