import NIOCore
import NIOPosix
public import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A simulated provider: a real HTTP server that speaks OpenAI's dialect, with limits, latency and faults.
///
/// ```swift
/// try await withSimulator(options) { simulator in
///     // send requests to simulator.baseURL
/// }
/// ```
public final class Simulator: Sendable {
    /// The port it listens on.
    public let port: Int
    /// The address to send requests to, with `/v1`: `http://127.0.0.1:8080/v1`.
    public let baseURL: String
    private let service: Service
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel

    private init(host: String, port: Int, service: Service, group: MultiThreadedEventLoopGroup, listener: any Channel) {
        self.port = port
        self.service = service
        self.group = group
        self.listener = listener
        let reachable = ["0.0.0.0": "127.0.0.1", "::": "[::1]"][host] ?? (host.contains(":") ? "[\(host)]" : host)
        baseURL = "http://\(reachable):\(port)/v1"
    }

    /// Starts a provider; end it with ``stop()``, or use ``withSimulator(_:_:)``.
    ///
    /// Raises the process's limit of open files as far as it may, since every client takes one.
    /// - Throws: ``SluiceError`` if an option is out of range, the ledger cannot be opened or the port is taken.
    public static func start(_ options: SimulatorOptions = SimulatorOptions()) async throws -> Simulator {
        try options.validate()
        OpenFiles.raiseLimit()
        let ledger = try Ledger(path: options.ledgerPath, keepsEntries: options.keepsLedger)
        let service = Service(options, ledger: ledger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: options.threads)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 8192)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Connection.install(on: channel, service: service) }
            }
        do {
            let listener = try await bootstrap.bind(host: options.host, port: options.port).result().get()
            return Simulator(
                host: options.host, port: listener.localAddress?.port ?? options.port, service: service, group: group,
                listener: listener)
        } catch {
            await ledger.close()
            try? await group.shutdownGracefully()
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw SluiceError(
                .configuration, "cannot listen on \(options.host):\(options.port): \(reason)",
                hint: "choose another port, or 0 for a free one")
        }
    }

    /// What it has done so far.
    public func counts() -> SimulatorCounts { service.counts() }

    /// Every request so far, in the order in which they ended, if ``SimulatorOptions/keepsLedger`` is set.
    ///
    /// A reply that a client has received is in it; after ``stop()`` every request is.
    public func ledger() async -> [LedgerEntry] {
        guard !service.isStopping else { return service.ledger.entries() }
        // A reply is entered in the same turn of the event loop in which it is written; wait for that turn to end. A
        // loop that is stopped meanwhile fails what is scheduled, while it would forget what is submitted.
        for loop in group.makeIterator() { _ = await loop.scheduleTask(in: .zero) {}.futureResult.result() }
        return service.ledger.entries()
    }

    /// Why the ledger file is incomplete, or nil if all is well.
    public var ledgerFailure: SluiceError? { service.ledger.failure() }

    /// Closes all connections and completes the ledger file; what waited for its answer is entered as not sent.
    ///
    /// Returns when all threads have ended. A second call waits for nothing.
    public func stop() async {
        guard service.beginStopping() else { return }
        _ = await listener.close().result()
        let connections = service.connections()
        for connection in connections { connection.close(promise: nil) }
        for connection in connections { _ = await connection.closeFuture.result() }
        await service.ledger.close()
        try? await group.shutdownGracefully()
    }
}
