internal import NIOCore
internal import NIOPosix
internal import NIOSSL
package import SluiceCore

/// HTTP/1.1 over kept-alive connections on one event loop: the hot path.
///
/// One loop carries more requests per second than any provider allows, and having just one makes the pool a plain
/// value without locks (docs/decisions/0001-slots-on-the-loop.md).
package final class DirectTransport: Transport {
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let pools: NIOLoopBound<PoolTable>
    private let loopExecutor: LoopExecutor
    private let cancellations = Cancellations()

    /// Where the slots run.
    package var executor: any TaskExecutor { loopExecutor }

    /// Starts the event loop.
    /// - Throws: ``SluiceError`` if the certificates that the settings name cannot be read.
    package static func start(_ settings: DirectSettings = DirectSettings()) async throws(SluiceError)
        -> DirectTransport
    {
        let tls = try TLSSettings(settings.tls)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let pools = await suspended { start in
            loop.execute {
                start.resume(
                    returning: NIOLoopBound(PoolTable(loop: loop, settings: settings, tls: tls), eventLoop: loop))
            }
        }
        return DirectTransport(group: group, loop: loop, pools: pools)
    }

    /// Looks whether a transport could start with these certificates.
    /// - Throws: ``SluiceError`` if they cannot be read.
    package static func check(_ tls: TLSOptions) throws(SluiceError) { _ = try TLSSettings(tls) }

    private init(group: MultiThreadedEventLoopGroup, loop: any EventLoop, pools: NIOLoopBound<PoolTable>) {
        self.group = group
        self.loop = loop
        self.pools = pools
        loopExecutor = LoopExecutor(loop)
    }

    package func send(_ call: Call) async -> Result<Reply, TransportFailure> {
        let number = cancellations.number()
        let result = await withTaskCancellationHandler {
            Task.isCancelled ? .failure(.cancelled) : await exchange(call, number)
        } onCancel: {
            cancel(number)
        }
        if Task.isCancelled { cancellations.remove(number) }
        return result
    }

    private func exchange(_ call: Call, _ number: UInt64) async -> Result<Reply, TransportFailure> {
        await suspended { continuation in
            if loop.inEventLoop {
                // Whoever cancels it from now on finds it when the loop gets to look.
                pools.value.start(Exchange(call, number: number, continuation))
            } else {
                loop.execute { [self] in
                    let exchange = Exchange(call, number: number, continuation)
                    if cancellations.contains(number) { return exchange.finish(.failure(.cancelled)) }
                    pools.value.start(exchange)
                }
            }
        }
    }

    private func cancel(_ number: UInt64) {
        // Those that are cancelled together are looked for in one go.
        guard cancellations.add(number) else { return }
        loop.execute { [self] in
            pools.value.cancel(cancellations.startSearch())
        }
    }

    /// The connections that are open or being opened, and those among them that are idle.
    package func connections() async -> (open: Int, idle: Int) {
        await suspended { counted in
            // The loop answers for as long as the transport is not shut down.
            loop.submit { self.pools.value.counts }.whenComplete { result in
                counted.resume(returning: (try? result.get()) ?? (0, 0))
            }
        }
    }

    package func schedule(after span: TimeSpan, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        let scheduled = loop.scheduleTask(in: .nanoseconds(max(0, span.nanoseconds)), body)
        return ScheduledWork { scheduled.cancel() }
    }

    package func abort() {
        loop.execute { self.pools.value.abort() }
    }

    package func shutdown() async {
        abort()
        // Shutting a loop down fails only when it is down already.
        try? await group.shutdownGracefully()
    }
}

extension TransportFailure {
    /// The task was cancelled before anything was sent.
    fileprivate static var cancelled: TransportFailure {
        TransportFailure(.aborted, "cancelled", mayBePaid: false)
    }
}
