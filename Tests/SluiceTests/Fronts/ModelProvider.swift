import SluiceCore
import SluiceSimulator

/// The provider's model with outages and a list of what it saw, but without a server; time is an argument.
struct ModelProvider: Sendable {
    /// A request on its way.
    struct Visit: Sendable {
        let number: Int
        let verdict: Verdict
    }

    private(set) var requests: [FrontResult.Request] = []
    private(set) var mostInFlight = 0
    private var model: ProviderModel
    private let outage: Scenario.Outage?
    private var downUntil: Instant?
    private var inFlight = 0
    private var answers = 0

    init(_ scenario: Scenario) {
        model = ProviderModel(scenario.provider)
        outage = scenario.outage
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
        return Visit(number: requests.count - 1, verdict: verdict)
    }

    /// Ends a request; true if the reply still goes out, false if the connection is reset.
    mutating func finish(_ visit: Visit, now: Instant) -> Bool {
        model.finish(visit.verdict, now: now)
        guard visit.verdict.status == 200 else { return visit.verdict.status != nil }
        inFlight -= 1
        if let downUntil, now < downUntil { return false }
        answers += 1
        if let outage, downUntil == nil, answers >= outage.answers { downUntil = now + outage.span }
        return true
    }
}
