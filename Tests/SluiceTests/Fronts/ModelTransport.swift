import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTransport

/// A transport that asks the providers' models in its own process: no socket, no bytes of HTTP but the reply's head.
final class ModelTransport: Transport {
    private struct Waiter: Hashable {
        let provider: Int
        let visit: Int
    }

    private struct State {
        var providers: [ModelProvider]
        var isAborted = false
        var waiting: [Waiter: Suspension<Bool>] = [:]
    }

    private let loop: DirectTransport
    private let now: @Sendable () -> Now
    private let state: Guarded<State>

    /// A transport on the event loop of a real one, which makes no connections.
    init(_ providers: [ModelProvider], loop: DirectTransport, now: @escaping @Sendable () -> Now) {
        self.loop = loop
        self.now = now
        state = Guarded(State(providers: providers))
    }

    /// The address of the provider at a place.
    static func base(of place: Int) -> String { "http://127.0.0.1:\(place + 1)/v1" }

    var executor: any TaskExecutor { loop.executor }
    var providers: [ModelProvider] { state.withLock { $0.providers } }

    func send(_ call: Call) async -> Result<Reply, TransportFailure> {
        guard let question = try? JSON.parse(call.body) else {
            return .failure(TransportFailure(.malformed, "not JSON", mayBePaid: false))
        }
        let place = call.endpoint.base.port - 1
        let words = question["messages"]?.elements.last?["content"]?.string ?? ""
        let item = Int(words.dropFirst("item-".count).prefix { $0.isNumber })
        var request = ProviderRequest(
            key: call.endpoint.bearer, model: "m", promptTokens: words.utf8.count / 4 + 4,
            maxTokens: question["max_tokens"]?.int)
        request.body = call.body
        let (arrived, asked) = (now().mono, request)
        let visit = state.withLock { state -> ModelProvider.Visit?? in
            state.isAborted ? nil : .some(state.providers[place].arrive(asked, item: item, now: arrived))
        }
        guard let visit else { return .failure(TransportFailure(.aborted, "stopped", mayBePaid: false)) }
        guard let visit else { return .failure(TransportFailure(.refused, "nobody there", mayBePaid: false)) }
        let isOver = await wait(
            visit.wait(atMost: call.timeout), as: Waiter(provider: place, visit: visit.number))
        let left = now().mono
        let ending = state.withLock { $0.providers[place].finish(visit, now: left) }
        return isOver ? ending : .failure(TransportFailure(.aborted, "stopped", mayBePaid: true))
    }

    /// Lets time pass; false if it is broken off.
    private func wait(_ span: TimeSpan, as waiter: Waiter) async -> Bool {
        guard span > .zero else { return true }
        return await suspended { (suspension: Suspension<Bool>) in
            state.withLock { $0.waiting[waiter] = suspension }
            _ = loop.schedule(after: span) {
                self.state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume(returning: true)
            }
        }
    }

    func schedule(after span: TimeSpan, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        loop.schedule(after: span, body)
    }

    func abort() {
        let waiting = state.withLock { state in
            state.isAborted = true
            defer { state.waiting = [:] }
            return state.waiting.values.map { $0 }
        }
        for waiter in waiting { waiter.resume(returning: false) }
    }

    func shutdown() async {
        abort()
        await loop.shutdown()
    }
}

extension Endpoint {
    /// The key that goes with every call to it.
    fileprivate var bearer: String {
        let head = String(decoding: prefix, as: UTF8.self)
        guard let start = head.firstRange(of: "Bearer ") else { return "" }
        return String(head[start.upperBound...].prefix { !$0.isNewline })
    }
}
