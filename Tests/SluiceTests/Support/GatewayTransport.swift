import SluiceCore
import SluiceTransport

/// A transport whose first look at `/metrics` meets a gateway without a server behind it.
final class GatewayTransport: Transport {
    private let inner: any Transport
    private let hasFailed = Guarded(false)

    init(_ inner: any Transport) { self.inner = inner }

    var executor: any TaskExecutor { inner.executor }

    func send(_ call: Call) async -> Result<Reply, TransportFailure> {
        let isFirst =
            call.endpoint.prefix.starts(with: "GET /metrics ".utf8)
            && hasFailed.withLock { hasFailed in
                defer { hasFailed = true }
                return !hasFailed
            }
        if isFirst, let reply = try? Reply(status: 503, headers: [], body: Bytes([])) { return .success(reply) }
        return await inner.send(call)
    }

    func schedule(after span: TimeSpan, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        inner.schedule(after: span, body)
    }

    func abort() { inner.abort() }
    func shutdown() async { await inner.shutdown() }
}
