import Sluice
import SluiceCore
import SluiceTransport

/// A transport whose timers come so many times sooner than they should.
final class QuickTransport: Transport {
    private let inner: any Transport
    private let factor: Double

    init(_ inner: any Transport, factor: Double) {
        self.inner = inner
        self.factor = factor
    }

    var executor: any TaskExecutor { inner.executor }
    func send(_ call: Call) async -> Result<Reply, TransportFailure> { await inner.send(call) }

    func schedule(after span: TimeSpan, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        inner.schedule(after: .seconds(span.seconds / factor), body)
    }

    func abort() { inner.abort() }
    func shutdown() async { await inner.shutdown() }
}

extension Environment {
    /// A world in which a run waits and backs off so many times as fast; what it sends travels as ever.
    static func quick(_ factor: Double) -> Environment {
        var environment = Environment.live
        let (now, sleep) = (environment.now, environment.sleep)
        let start = now()
        environment.now = {
            let present = now()
            let passed = Int64(Double((present.mono - start.mono).nanoseconds) * factor)
            return Now(
                mono: start.mono + TimeSpan(nanoseconds: passed),
                wall: WallTime(nanoseconds: start.wall.nanoseconds + passed))
        }
        environment.sleep = { try await sleep(.seconds($0.seconds / factor)) }
        environment.connect = { settings async throws(SluiceError) in
            QuickTransport(try await DirectTransport.start(settings), factor: factor)
        }
        return environment
    }
}
