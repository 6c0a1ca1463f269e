import SluiceCore
import SluiceScheduling

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a decision costs with 10,000 requests in flight: a settlement, a request, the grants that follow.
enum DecisionCost {
    /// Holds a decision to the bar of the issue, 3 µs, or only tells what it costs.
    static func check(judges: Bool) -> (isGood: Bool, line: String) {
        let rates = Limits(requestsPerMinute: 60_000, tokensPerMinute: 60e6)
        let plain = measure(Limits(), keys: 1)
        let several = measure(rates, keys: 64)
        let isGood = !judges || Measure.decision.meets(3000, several)
        return (
            isGood,
            "\(isGood ? "ok  " : "FAIL") a decision with 10,000 in flight: \(Measure.decision.text(plain)) ns with one key "
                + "and no limit, \(Measure.decision.text(several)) ns with 64 keys and their limits"
        )
    }

    /// Nanoseconds of CPU for each pair of settlement and request, the best of nine.
    static func measure(_ limits: Limits, keys: Int, slots: Int = 10_000, pairs: Int = 300_000) -> Double {
        let accounts = (0..<keys).map {
            AdmissionPolicy.Account(name: "\($0)", limits: limits, credentials: ["\($0)"])
        }
        return (0..<9).map { _ in
            once(AdmissionPolicy(accounts: accounts, concurrency: slots), slots: slots, pairs: pairs)
        }.min() ?? .infinity
    }

    private static func once(_ policy: AdmissionPolicy, slots: Int, pairs: Int) -> Double {
        var load = Load(policy)
        load.fill(slots)
        let began = cpuSeconds()
        for _ in 0..<pairs { load.exchange() }
        return (cpuSeconds() - began) / Double(pairs) * 1e9
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private struct Load {
        private var machine: AdmissionMachine
        private var clock: Int64 = 1_000_000_000
        private var wake = Int64.max
        private var ticket: UInt64 = 0
        private var place = 0
        private var flights: [Grant] = []
        private var actions: [AdmissionMachine.Action] = []
        private let demand = TokenDemand(input: 200, output: 200)

        init(_ policy: AdmissionPolicy) {
            machine = AdmissionMachine(
                policy, now: Now(mono: Instant(nanoseconds: 0), wall: WallTime(nanoseconds: 0)))
        }

        mutating func fill(_ slots: Int) {
            for _ in 0..<slots { ask() }
            while flights.count < slots, wake < .max {
                clock = max(clock, wake)
                wake = .max
                send(.timer)
            }
        }

        mutating func exchange() {
            clock += 20_000
            if wake <= clock {
                wake = .max
                send(.timer)
            }
            guard !flights.isEmpty else { return }
            place = (place + 7919) % flights.count
            flights.swapAt(place, flights.count - 1)
            send(.settled(flights.removeLast(), .answered(tokens: demand.expected)))
            ask()
        }

        private mutating func ask() {
            ticket += 1
            send(.request(Ticket(ticket), demand: demand))
        }

        private mutating func send(_ event: AdmissionMachine.Event) {
            machine.handle(
                event, now: Now(mono: Instant(nanoseconds: clock), wall: WallTime(nanoseconds: clock)), into: &actions)
            for action in actions {
                switch action {
                case .grant(_, let grant): flights.append(grant)
                case .wake(let moment): wake = moment.nanoseconds
                case .refuse, .notice, .reserve: break
                }
            }
            actions.removeAll(keepingCapacity: true)
        }
    }
}
