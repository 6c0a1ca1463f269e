import SluiceCore
import SluiceTransport

/// A transport that takes every call, wherever it is to go, to a server that stands in for the provider.
final class StandInTransport: Transport {
    private let inner: any Transport
    private let endpoint: Endpoint

    /// Takes every call to the chat of a server.
    init(_ inner: any Transport, at base: String) throws(SluiceError) {
        self.inner = inner
        endpoint = try Endpoint(base: BaseURL(base), path: "/chat/completions", headers: [])
    }

    var executor: any TaskExecutor { inner.executor }

    func send(_ call: Call) async -> Result<Reply, TransportFailure> {
        await inner.send(
            Call(
                endpoint: endpoint, body: call.body, timeout: call.timeout, firstByte: call.firstByte,
                pause: call.pause,
                room: call.room))
    }

    func schedule(after span: TimeSpan, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        inner.schedule(after: span, body)
    }

    func abort() { inner.abort() }
    func shutdown() async { await inner.shutdown() }
}
