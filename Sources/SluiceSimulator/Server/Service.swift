import NIOCore
import NIOHTTP1
import SluiceCore

/// What all connections share: the model of the provider, the counts and the ledger.
final class Service: Sendable {
    private struct State {
        var model: ProviderModel
        var counts = SimulatorCounts()
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
        var departures = Departures()
    }

    let options: SimulatorOptions
    let ledger: Ledger
    let clock = SimulatorClock()
    private let keys: KeyRing
    private let models: Set<String>
    private let state: Guarded<State>

    init(_ options: SimulatorOptions, ledger: Ledger) {
        self.options = options
        self.ledger = ledger
        keys = KeyRing(options)
        models = Set(options.models)
        state = Guarded(State(model: ProviderModel(options)))
    }

    func counts() -> SimulatorCounts { state.withLock { $0.counts } }

    // MARK: Requests

    /// Decides about a request.
    func receive(_ call: Call) -> Exchange {
        let received = clock.now()
        let path = call.path
        let key = call.key
        var question: Question?
        var early: Refusal?
        do throws(Refusal) {
            question = try read(call, path: path, key: key)
        } catch {
            early = error
        }
        let (number, verdict) = state.withLock { state in
            state.counts.requests += 1
            var verdict = Verdict()
            if let early {
                verdict.refusal = early
            } else if question?.endpoint == .models {
                verdict = state.model.list(key: key)
            } else if let question, question.endpoint != .metrics {
                var request = question.request(key: key)
                if let body = call.body { request.body = body }
                // The clock is read under the lock, since the model's moments must not run backwards.
                verdict = state.model.arrive(request, now: clock.now())
            }
            state.counts.inFlight += 1
            state.counts.mostInFlight = max(state.counts.mostInFlight, state.counts.inFlight)
            return (state.counts.requests, verdict)
        }
        return Exchange(
            number: number, received: received, key: key, path: String(path), question: question, verdict: verdict,
            closes: call.closes, omitsBody: call.head.method == .HEAD)
    }

    private func read(_ call: Call, path: Substring, key: String) throws(Refusal) -> Question {
        let method = call.head.method.rawValue
        guard let endpoint = Endpoint(path: path) else { throw .noPath(method, path) }
        guard method == endpoint.method else { throw .noMethod(method, path) }
        if endpoint == .metrics {
            guard options.engine != nil else { throw .noPath(method, path) }
            return Question(endpoint: .metrics)
        }
        if let refusal = keys.refusal(of: key) { throw refusal }
        guard let body = call.body else { throw .bodyTooLarge(options.bodyLimit) }
        guard endpoint != .models else { return Question(endpoint: .models) }
        let question = try Question(endpoint, body: body, deployment: { Endpoint.deployment(in: path) })
        guard models.isEmpty || models.contains(question.model) else { throw .noModel(question.model) }
        return question
    }

    /// Ends a request: it is counted, and no longer in flight.
    ///
    /// To be called before the last byte is sent, so that who has the reply finds it counted.
    func finish(_ exchange: Exchange) {
        let verdict = exchange.verdict
        let promise = state.withLock { state in
            state.model.finish(verdict, now: clock.now())
            state.counts.inFlight -= 1
            switch verdict.status {
            case 200:
                state.counts.answered += 1
                state.counts.inputTokens += exchange.question?.promptTokens ?? 0
                state.counts.outputTokens += verdict.outputTokens
            case let status?: state.counts.refused[status, default: 0] += 1
            case nil: state.counts.resets += 1
            }
            return verdict.sequence.flatMap { state.departures.forget($0) }
        }
        promise?.succeed()
    }

    /// What to send.
    func reply(to exchange: Exchange) -> Reply {
        let now = clock.now()
        let date = clock.date(of: now)
        let verdict = exchange.verdict
        let calendar = verdict.fault?.clockSkew.map { date + $0 }
        var reply = reply(to: exchange, created: Int(date.nanoseconds / 1_000_000_000), calendar: calendar)
        reply.announce(verdict.rates, options.headers, date: calendar ?? date, tellsMoments: calendar != nil)
        reply.headers.append(("x-request-id", "req_sim\(exchange.number)"))
        let took = now - exchange.received
        reply.headers.append(("openai-processing-ms", String(took.wholeMilliseconds)))
        if let calendar { reply.headers.append(("date", HTTPDate.text(calendar))) }
        if let fault = verdict.fault { reply.take(fault.headers) }
        return reply
    }

    /// `calendar` is the provider's own, if a fault has the reply told by it.
    private func reply(to exchange: Exchange, created: Int, calendar: WallTime?) -> Reply {
        switch exchange.verdict.fault?.kind {
        case .page(let status): return Reply(page: status)
        case .body(let text, let status, let wait):
            var reply = Reply(status: status, body: Array(text.utf8))
            reply.contentType = "text/plain"
            if let wait { reply.tell(wait: wait, calendar: calendar) }
            return reply
        default: break
        }
        if let refusal = exchange.verdict.refusal {
            return Reply(
                refusal, hidesLimits: !options.sendsRetryAfter, style: options.errors, calendar: calendar)
        }
        if exchange.question?.endpoint == .metrics, let load = state.withLock({ $0.model.load }) {
            return Reply(metrics: load, model: options.models.first ?? "m")
        }
        guard let question = exchange.question, question.endpoint != .models else {
            return Reply(models: options.models, created: created)
        }
        if exchange.streams {
            return Reply(streaming: question, exchange.verdict, number: exchange.number, created: created)
        }
        return Reply(question, exchange.verdict, number: exchange.number, created: created)
    }

    /// Enters a request into the ledger once its reply was written, or could not be.
    func record(_ exchange: Exchange, sent: Bool) {
        let verdict = exchange.verdict
        if !sent, verdict.fault == nil { state.withLock { $0.counts.unsent += 1 } }
        ledger.append(
            LedgerEntry(
                time: clock.date(of: exchange.received), number: exchange.number,
                key: exchange.key.isEmpty ? "" : "…" + Secret(exchange.key).tail, path: exchange.path,
                item: exchange.question?.item?.number, status: verdict.status, fault: verdict.fault?.name,
                inputTokens: exchange.question?.promptTokens ?? 0, outputTokens: verdict.outputTokens,
                duration: clock.now() - exchange.received, sent: sent))
    }

    /// Lends the model and those who wait for its engine.
    func withDepartures<Result: Sendable>(
        _ body: (inout ProviderModel, inout Departures) -> sending Result
    ) -> sending Result {
        state.withLock { body(&$0.model, &$0.departures) }
    }

    // MARK: Connections

    /// Takes a new connection into account, unless the server is stopping.
    func open(_ channel: any Channel) -> Bool {
        state.withLock { state in
            if !state.isStopping { state.connections[ObjectIdentifier(channel)] = channel }
            return !state.isStopping
        }
    }

    func closed(_ channel: any Channel) {
        state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    func connections() -> [any Channel] { state.withLock { Array($0.connections.values) } }

    /// Whether no new connection is let in any more.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Lets no new connection in from now on; false if it was so already.
    func beginStopping() -> Bool {
        state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
    }
}
