import SluiceCore
import SluiceTransport

/// A transport on which one call fails before anything is sent.
final class TroubledTransport: Transport {
    private let inner: any Transport
    private let number: Int
    private let failure: TransportFailure
    private let calls = Guarded(0)

    /// Fails the call of this number, from 1, and hands all others on.
    init(_ inner: any Transport, call number: Int, fails failure: TransportFailure) {
        self.inner = inner
        self.number = number
        self.failure = failure
    }

    var executor: any TaskExecutor { inner.executor }

    func send(_ call: Call) async -> Result<Reply, TransportFailure> {
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
