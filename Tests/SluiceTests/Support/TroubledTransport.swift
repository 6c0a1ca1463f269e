import SluiceCore
import SluiceTransport

/// A transport on which one call, or every call to one host, fails before anything is sent.
final class TroubledTransport: Transport {
    private let inner: any Transport
    private let number: Int
    private let host: String?
    private let failure: TransportFailure
    private let calls = Guarded(0)

    /// Fails the call of this number, from 1, and hands all others on.
    init(_ inner: any Transport, call number: Int, fails failure: TransportFailure) {
        self.inner = inner
        self.number = number
        host = nil
        self.failure = failure
    }

    /// Fails the calls whose head has this in it, and hands all others on.
    init(_ inner: any Transport, at host: String, fails failure: TransportFailure) {
        self.inner = inner
        number = 0
        self.host = host
        self.failure = failure
    }

    var executor: any TaskExecutor { inner.executor }

    func send(_ call: Call) async -> Result<Reply, TransportFailure> {
        if let host, String(decoding: call.endpoint.prefix, as: UTF8.self).contains(host) { return .failure(failure) }
        let number = calls.withLock { calls in
            calls += 1
            return calls
        }
        return number == self.number ? .failure(failure) : await inner.send(call)
    }

    func schedule(after span: TimeSpan, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        inner.schedule(after: span, body)
    }

    func abort() { inner.abort() }
    func shutdown() async { await inner.shutdown() }
}
