import HeapModule
import SluiceCore
import SluiceScheduling
import SluiceSimulator

/// A scenario in virtual time: slots carry rows through the admission machine to the provider's model.
struct MachineFront {
    private enum Happening {
        case start
        case arrive(row: Int, grant: Grant)
        case reply(row: Int, grant: Grant, visit: ModelProvider.Visit?)
        case timer(version: Int)
    }

    private struct Scheduled: Comparable {
        let at: Instant
        let order: Int
        let what: Happening
        static func < (left: Scheduled, right: Scheduled) -> Bool { (left.at, left.order) < (right.at, right.order) }
        static func == (left: Scheduled, right: Scheduled) -> Bool { left.order == right.order }
    }

    /// There and back again on a local network.
    private static let hop = TimeSpan(nanoseconds: 100_000)

    private let scenario: Scenario
    private var machine: AdmissionMachine
    private var provider: ModelProvider
    private var result = FrontResult()
    private var now = Instant(nanoseconds: 1_000_000_000)
    private var heap = Heap<Scheduled>()
    private var order = 0
    private var timer = 0
    private var nextRow = 1
    private var attempts: [Int: Int] = [:]
    private var unauthorised: [CredentialIndex: Int] = [:]
    private var random = SplitMix64(seed: 7)

    init(_ scenario: Scenario) {
        self.scenario = scenario
        let accounts = scenario.keys.map { key in
            AdmissionPolicy.Account(name: key.name, limits: key.limits, credentials: [key.name])
        }
        machine = AdmissionMachine(
            AdmissionPolicy(accounts: accounts, concurrency: scenario.slots),
            now: Now(mono: now, wall: WallTime(nanoseconds: 0)))
        provider = ModelProvider(scenario)
    }

    mutating func run() -> FrontResult {
        for _ in 0..<scenario.slots { schedule(.start, after: .zero) }
        while let next = heap.popMin() {
            if case .timer(let version) = next.what, version != timer { continue }
            now = next.at
            happen(next.what)
        }
        result.requests = provider.requests
        result.mostInFlight = provider.mostInFlight
        return result
    }

    private mutating func schedule(_ what: Happening, after span: TimeSpan) {
        order += 1
        heap.insert(Scheduled(at: now + span, order: order, what: what))
    }

    private mutating func happen(_ what: Happening) {
        switch what {
        case .start:
            guard nextRow <= scenario.rows else { return }
            nextRow += 1
            ask(nextRow - 1)
        case .arrive(let row, let grant):
            let visit = provider.arrive(request(row, grant), item: row, now: now)
            let work = visit.map(\.verdict.delay.nanoseconds) ?? 0
            schedule(
                .reply(row: row, grant: grant, visit: visit),
                after: TimeSpan(nanoseconds: work + Self.hop.nanoseconds))
        case .reply(let row, let grant, let visit): reply(row, grant, visit)
        case .timer: handle(.timer)
        }
    }

    private func tokens(_ row: Int) -> Int { scenario.prompt(row).utf8.count / 4 + 4 }

    private func request(_ row: Int, _ grant: Grant) -> ProviderRequest {
        ProviderRequest(
            key: scenario.keys[grant.account].name, model: "m", promptTokens: tokens(row),
            maxTokens: Scenario.answerTokens)
    }

    private mutating func ask(_ row: Int, notBefore: Instant? = nil, avoiding: CredentialIndex? = nil) {
        handle(
            .request(
                Ticket(UInt64(row)),
                demand: TokenDemand(
                    input: tokens(row), output: Scenario.answerTokens, maxOutput: Scenario.answerTokens),
                notBefore: notBefore, avoiding: avoiding, isRetry: avoiding != nil))
    }

    /// What the run's judge makes of a reply: PROVIDERS.md §0.1.
    private mutating func reply(_ row: Int, _ grant: Grant, _ visit: ModelProvider.Visit?) {
        result.sent += 1
        guard let visit else { return again(row, grant, .unreachable(reason: "nobody there")) }
        let verdict = visit.verdict
        guard provider.finish(visit, now: now) else {
            result.possiblyPaid += 1
            return again(row, grant, .failed(reason: "no answer"), counts: true)
        }
        switch (verdict.status, verdict.refusal?.code) {
        case (200, _):
            result.answered[row] = row
            handle(.settled(grant, .answered(tokens: TokenUse(input: tokens(row), output: verdict.outputTokens))))
            schedule(.start, after: .zero)
        case (429, "insufficient_quota"):
            again(row, grant, .retired(reason: "no money"))
        case (429, _):
            result.refused += 1
            again(row, grant, .throttled(wait: scenario.provider.sendsRetryAfter ? verdict.refusal?.retryAfter : nil))
        case (401, _):
            // One alone may be a proxy's whim.
            unauthorised[grant.credential, default: 0] += 1
            let isSure = unauthorised[grant.credential] ?? 0 > 1
            again(row, grant, isSure ? .retired(reason: "invalid") : .answered(tokens: .zero))
        default: again(row, grant, .failed(reason: "no answer"), counts: true)
        }
    }

    private mutating func again(_ row: Int, _ grant: Grant, _ settlement: Settlement, counts: Bool = false) {
        handle(.settled(grant, settlement))
        guard counts else { return ask(row, avoiding: grant.credential) }
        attempts[row, default: 0] += 1
        let tried = attempts[row] ?? 0
        guard tried < scenario.attempts else { return end(row, failed: "RETRY") }
        ask(row, notBefore: now + Backoff().delay(attempt: tried, using: &random), avoiding: grant.credential)
    }

    private mutating func end(_ row: Int, failed reason: String) {
        result.failed[row] = reason
        schedule(.start, after: .zero)
    }

    private mutating func handle(_ event: AdmissionMachine.Event) {
        for action in machine.handle(event, now: Now(mono: now, wall: WallTime(nanoseconds: now.nanoseconds))) {
            switch action {
            case .grant(let ticket, let grant):
                schedule(.arrive(row: Int(ticket.rawValue), grant: grant), after: Self.hop)
            case .refuse(let ticket, .tooLarge): end(Int(ticket.rawValue), failed: "FINAL larger_than_limit")
            case .refuse:
                result.left += 1
                schedule(.start, after: .zero)
            case .wake(let moment):
                timer += 1
                schedule(.timer(version: timer), after: max(.zero, moment - now))
            case .reserve, .notice: break
            }
        }
    }
}
