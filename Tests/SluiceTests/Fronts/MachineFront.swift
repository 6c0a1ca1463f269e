import HeapModule
import SluiceCore
import SluiceProviders
import SluiceScheduling
import SluiceTransport

/// A scenario in virtual time: slots carry rows through the admission machine to the providers' models.
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

    /// What a row has behind it.
    private struct History {
        /// Attempts that count.
        var counted = 0
        var sent = 0
    }

    /// There and back again on a local network.
    private static let hop = TimeSpan(nanoseconds: 100_000)

    private let scenario: Scenario
    private var machine: AdmissionMachine
    private var providers: [ModelProvider]
    private var result = FrontResult()
    private var now = Instant(nanoseconds: 1_000_000_000)
    private var heap = Heap<Scheduled>()
    private var order = 0
    private var timer = 0
    private var nextRow = 1
    private var histories: [Int: History] = [:]
    private var unauthorised: [CredentialIndex: Int] = [:]
    private var random = SplitMix64(seed: 7)

    init(_ scenario: Scenario) {
        self.scenario = scenario
        let accounts = scenario.keys.map { key in
            var account = AdmissionPolicy.Account(name: key.name, limits: key.limits, credentials: [key.name])
            account.endpoint = ModelTransport.base(of: key.provider)
            return account
        }
        machine = AdmissionMachine(
            AdmissionPolicy(accounts: accounts, concurrency: scenario.slots),
            now: Now(mono: now, wall: WallTime(nanoseconds: 0)))
        providers = scenario.providers.map { ModelProvider($0, outage: scenario.outage) }
    }

    mutating func run() -> FrontResult {
        for _ in 0..<scenario.slots { schedule(.start, after: .zero) }
        while let next = heap.popMin() {
            if case .timer(let version) = next.what, version != timer { continue }
            now = next.at
            happen(next.what)
        }
        for provider in providers {
            result.requests += provider.requests
            result.mostInFlight = max(result.mostInFlight, provider.mostInFlight)
        }
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
            let visit = providers[scenario.keys[grant.account].provider].arrive(
                scenario.request(row, key: scenario.keys[grant.account]), item: row, now: now)
            let work = visit?.wait(atMost: scenario.timeout).nanoseconds ?? 0
            schedule(
                .reply(row: row, grant: grant, visit: visit),
                after: TimeSpan(nanoseconds: work + Self.hop.nanoseconds))
        case .reply(let row, let grant, let visit): reply(row, grant, visit)
        case .timer: handle(.timer)
        }
    }

    private mutating func ask(_ row: Int, notBefore: Instant? = nil, avoiding: CredentialIndex? = nil) {
        handle(
            .request(
                Ticket(UInt64(row)),
                demand: TokenDemand(
                    input: scenario.tokens(row), output: Scenario.answerTokens, maxOutput: Scenario.answerTokens),
                notBefore: notBefore, avoiding: avoiding, isRetry: avoiding != nil))
    }

    private mutating func reply(_ row: Int, _ grant: Grant, _ visit: ModelProvider.Visit?) {
        result.sent += 1
        histories[row, default: History()].sent += 1
        guard let visit else { return again(row, grant, .unreachable(reason: "nobody there")) }
        switch providers[scenario.keys[grant.account].provider].finish(visit, now: now) {
        case .success(let reply):
            guard reply.status == 200, let answer = OpenAIAnswer.decode(reply.body) else {
                return judge(reply, row, grant)
            }
            let named = answer.text.text.drop { !$0.isNumber }.prefix { $0.isNumber }
            result.answered[row] = Int(named) ?? -1
            result.attempts[row] = (histories[row]?.counted ?? 0) + 1
            unauthorised[grant.credential] = nil
            let usage = answer.usage
            handle(
                .settled(
                    grant,
                    .answered(tokens: usage.map { TokenUse(input: $0.input, output: $0.output) })))
            schedule(.start, after: .zero)
        case .failure(let failure):
            if failure.mayBePaid { result.possiblyPaid += 1 }
            again(row, grant, .failed(reason: failure.message), as: "RETRY \(failure.kind.rawValue)")
        }
    }

    /// What the run's judge makes of a reply that is no answer: PROVIDERS.md §0.1.
    private mutating func judge(_ reply: Reply, _ row: Int, _ grant: Grant) {
        let verdict = ErrorClassifier.classify(
            status: reply.status, header: reply.header, body: reply.body, from: nil,
            now: WallTime(nanoseconds: now.nanoseconds))
        let name = [verdict.kind.rawValue, verdict.code].compactMap { $0 }.joined(separator: " ")
        let reason = verdict.message
        switch verdict.kind {
        case .ok, .retry:
            if reply.status == 200 { result.possiblyPaid += 1 }
            let isOverload = [503, 529].contains(reply.status)
            again(
                row, grant, isOverload ? .overloaded(reason: reason, wait: verdict.wait) : .failed(reason: reason),
                as: name, wait: verdict.wait)
        case .retryRoute:
            result.refused += 1
            again(row, grant, .throttled(wait: verdict.wait))
        case .parkDay:
            again(row, grant, .parked(until: now + (verdict.wait ?? .seconds(3600)), reason: reason))
        case .retireKey:
            // One 401 alone may be a proxy's whim.
            unauthorised[grant.credential, default: 0] += 1
            let isSure = reply.status != 401 || unauthorised[grant.credential] ?? 0 > 1
            again(row, grant, isSure ? .retired(reason: reason) : .answered(tokens: .zero))
        case .final:
            handle(.settled(grant, .answered(tokens: nil)))
            end(row, failed: name)
        case .fatalRoute:
            again(row, grant, .misdirected(reason: reason, hint: nil), wait: .zero)
        }
    }

    /// Sends a row again; with `failure` that uses an attempt, with `wait` it is not sent before its back-off ends.
    private mutating func again(
        _ row: Int, _ grant: Grant, _ settlement: Settlement, as failure: String? = nil, wait: TimeSpan? = nil
    ) {
        handle(.settled(grant, settlement))
        if failure != nil, !grant.isProbe { histories[row]?.counted += 1 }
        let counted = histories[row]?.counted ?? 0
        if let failure, counted >= scenario.attempts { return end(row, failed: failure) }
        guard failure != nil || wait != nil else { return ask(row, avoiding: grant.credential) }
        let pause = max(Backoff().delay(attempt: counted, using: &random), wait ?? .zero)
        ask(row, notBefore: now + pause, avoiding: grant.credential)
    }

    private mutating func end(_ row: Int, failed reason: String) {
        result.failed[row] = reason
        result.attempts[row] = histories[row]?.sent ?? 0
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
