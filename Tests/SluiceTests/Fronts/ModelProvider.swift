import SluiceCore
import SluiceSimulator
import SluiceTransport

/// The provider's model with outages and a list of what it saw, but without a server; time is an argument.
struct ModelProvider: Sendable {
    /// A request on its way.
    struct Visit: Sendable {
        let number: Int
        let request: ProviderRequest
        let item: Int?
        fileprivate let verdict: Verdict

        /// How long a client waits for what comes of it that has so much patience.
        func wait(atMost patience: TimeSpan) -> TimeSpan {
            verdict.hangs ? patience : min(patience, verdict.delay)
        }
    }

    private(set) var requests: [FrontResult.Request] = []
    private(set) var mostInFlight = 0
    private var model: ProviderModel
    private let options: SimulatorOptions
    private let outage: Scenario.Outage?
    private var downUntil: Instant?
    private var inFlight = 0
    private var answers = 0

    init(_ options: SimulatorOptions, outage: Scenario.Outage? = nil) {
        self.options = options
        self.outage = outage
        model = ProviderModel(options)
    }

    /// Takes a request in; nil if nobody is there.
    mutating func arrive(_ request: ProviderRequest, item: Int?, now: Instant) -> Visit? {
        if let downUntil, now < downUntil { return nil }
        let verdict = model.arrive(request, now: now)
        requests.append(
            FrontResult.Request(
                time: Double(now.nanoseconds) / 1e9, key: request.key, item: item, status: verdict.status))
        if verdict.status == 200 {
            inFlight += 1
            mostInFlight = max(mostInFlight, inFlight)
        }
        return Visit(number: requests.count - 1, request: request, item: item, verdict: verdict)
    }

    /// Ends a request with what its client gets to see of it.
    mutating func finish(_ visit: Visit, now: Instant) -> Result<Reply, TransportFailure> {
        model.finish(visit.verdict, now: now)
        if visit.verdict.status == 200 {
            inFlight -= 1
            if let downUntil, now < downUntil {
                return .failure(TransportFailure(.reset, "the server went away", mayBePaid: true))
            }
            answers += 1
            if let outage, downUntil == nil, answers >= outage.answers { downUntil = now + outage.span }
        }
        return visit.verdict.ending(
            item: visit.item ?? 0, promptTokens: visit.request.promptTokens, sendsRetryAfter: options.sendsRetryAfter)
    }
}
