import SluiceCore
import SluiceScheduling

/// A machine fed by hand, with what it did.
struct Harness {
    var machine: AdmissionMachine
    /// Grants given so far, by ticket.
    private(set) var grants: [UInt64: Grant] = [:]
    /// Refusals so far, by ticket.
    private(set) var refusals: [UInt64: AdmissionMachine.Refusal] = [:]
    /// The order in which tickets were granted.
    private(set) var order: [UInt64] = []
    private(set) var notices: [AdmissionMachine.Notice] = []
    /// The parts of days that were asked for and not yet answered.
    var demands: [DayDemand] = []
    /// The last wake-up asked for.
    private(set) var wake: Instant?
    /// How many wake-ups were asked for.
    private(set) var wakes = 0

    init(_ policy: AdmissionPolicy) {
        machine = AdmissionMachine(policy, now: now(0))
    }

    init(
        _ accounts: [AdmissionPolicy.Account] = [AdmissionPolicy.Account(name: "a")], concurrency: Int = 1000,
        waitReady: TimeSpan = .seconds(60)
    ) {
        self.init(AdmissionPolicy(accounts: accounts, concurrency: concurrency, waitReady: waitReady))
    }

    mutating func send(_ event: AdmissionMachine.Event, at seconds: Double) {
        for action in machine.handle(event, now: now(seconds)) {
            switch action {
            case .grant(let ticket, let grant):
                grants[ticket.rawValue] = grant
                order.append(ticket.rawValue)
            case .refuse(let ticket, let refusal): refusals[ticket.rawValue] = refusal
            case .wake(let moment):
                wake = moment
                wakes += 1
            case .reserve(let demand): demands.append(demand)
            case .notice(let notice): notices.append(notice)
            }
        }
    }

    mutating func ask(
        _ ticket: UInt64, tokens: Int = 0, model: ModelIndex = 0, demand: TokenDemand? = nil, notBefore: Double? = nil,
        avoiding: CredentialIndex? = nil,
        isRetry: Bool = false, fallback: Int = 0, at seconds: Double = 0
    ) {
        send(
            .request(
                Ticket(ticket), model: model, demand: demand ?? TokenDemand(input: tokens),
                notBefore: notBefore.map { SluiceSchedulingTests.at($0) },
                avoiding: avoiding, isRetry: isRetry, fallback: fallback), at: seconds)
    }

    mutating func settle(_ ticket: UInt64, _ settlement: Settlement, cost: Money = .zero, at seconds: Double) {
        guard let grant = grants[ticket] else { return }
        send(.settled(grant, settlement, cost: cost), at: seconds)
    }

    /// Delivers every wake-up until then.
    mutating func run(until end: Double) {
        while let moment = wake, moment <= SluiceSchedulingTests.at(end) {
            wake = nil
            send(.timer, at: Double(moment.nanoseconds) / 1e9)
        }
    }

    func waiting(at seconds: Double) -> AdmissionMachine.Wait? { machine.waiting(now: now(seconds)) }
    func snapshot(at seconds: Double) -> AdmissionMachine.Snapshot { machine.snapshot(now: now(seconds)) }
}
