import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTransport

/// A transport that asks the provider's model in its own process: no socket, no bytes of HTTP but the reply's head.
final class ModelTransport: Transport {
    private struct State {
        var provider: ModelProvider
        var isAborted = false
        var waiting: [Int: Suspension<Bool>] = [:]
    }

    private let loop: DirectTransport
    private let now: @Sendable () -> Now
    private let state: Guarded<State>

    /// A transport on the event loop of a real one, which makes no connections.
    init(_ provider: ModelProvider, loop: DirectTransport, now: @escaping @Sendable () -> Now) {
        self.loop = loop
        self.now = now
        state = Guarded(State(provider: provider))
    }

    var executor: any TaskExecutor { loop.executor }
    var provider: ModelProvider { state.withLock { $0.provider } }

    func send(_ call: Call) async -> Result<Reply, TransportFailure> {
        guard let question = try? JSON.parse(call.body) else {
            return .failure(TransportFailure(.malformed, "not JSON", mayBePaid: false))
        }
        let words = question["messages"]?.elements.last?["content"]?.string ?? ""
        let item = Int(words.dropFirst("item-".count).prefix { $0.isNumber })
        let request = ProviderRequest(
            key: call.endpoint.bearer, model: "m", promptTokens: words.utf8.count / 4 + 4,
            maxTokens: question["max_tokens"]?.int)
        let arrived = now().mono
        let visit = state.withLock { state -> ModelProvider.Visit?? in
            state.isAborted ? nil : .some(state.provider.arrive(request, item: item, now: arrived))
        }
        guard let visit else { return .failure(TransportFailure(.aborted, "stopped", mayBePaid: false)) }
        guard let visit else { return .failure(TransportFailure(.refused, "nobody there", mayBePaid: false)) }
        let isOver = await wait(visit)
        let left = now().mono
        let isSent = state.withLock { $0.provider.finish(visit, now: left) }
        guard isOver else { return .failure(TransportFailure(.aborted, "stopped", mayBePaid: true)) }
        guard isSent else { return .failure(TransportFailure(.reset, "reset", mayBePaid: true)) }
        guard let reply = try? visit.verdict.reply(to: item, tokens: request.promptTokens) else {
            return .failure(TransportFailure(.malformed, "no head", mayBePaid: true))
        }
        return .success(reply)
    }

    /// Lets the answer's time pass; false if it is broken off.
    private func wait(_ visit: ModelProvider.Visit) async -> Bool {
        guard visit.verdict.delay > .zero else { return true }
        return await suspended { (waiter: Suspension<Bool>) in
            state.withLock { $0.waiting[visit.number] = waiter }
            _ = loop.schedule(after: visit.verdict.delay) {
                self.state.withLock { $0.waiting.removeValue(forKey: visit.number) }?.resume(returning: true)
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

extension Verdict {
    /// The reply that a server would send.
    fileprivate func reply(to item: Int?, tokens: Int) throws -> Reply {
        var body = JSONBuilder()
        body.beginObject()
        if let refusal {
            body.key("error")
            body.beginObject()
            body.key("message")
            body.value(refusal.message)
            body.key("type")
            body.value(refusal.type)
            body.key("code")
            if let code = refusal.code { body.value(code) } else { body.null() }
            body.endObject()
        } else {
            body.key("choices")
            body.beginArray()
            body.beginObject()
            body.key("message")
            body.beginObject()
            body.key("content")
            body.value("Answer to item-\(item ?? 0): done")
            body.endObject()
            body.key("finish_reason")
            body.value("stop")
            body.endObject()
            body.endArray()
            body.key("usage")
            body.beginObject()
            body.key("prompt_tokens")
            body.value(tokens)
            body.key("completion_tokens")
            body.value(outputTokens)
            body.endObject()
        }
        body.endObject()
        var headers: [(name: String, value: String)] = []
        if let wait = refusal?.retryAfter { headers.append(("retry-after-ms", "\(wait.nanoseconds / 1_000_000 + 1)")) }
        return try Reply(status: status ?? 0, headers: headers, body: Bytes(body.bytes))
    }
}
