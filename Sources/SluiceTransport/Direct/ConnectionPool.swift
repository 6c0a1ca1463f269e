internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import SluiceCore

/// The connections to one host.
///
/// Idle ones are used last in, first out, so that the surplus grows old and is closed.
///
/// There is no queue: whoever calls holds one of a bounded number of slots, so a call without an idle connection
/// opens one.
final class ConnectionPool {
    private let loop: any EventLoop
    private let base: BaseURL
    private let settings: DirectSettings
    private let tls: TLSSettings
    private var idle: [Connection] = []
    private var open: [ObjectIdentifier: Connection] = [:]
    /// No deadline of an open connection is earlier than this; so the watch has nothing to look at before it.
    private var earliest = NIODeadline.distantFuture

    init(loop: any EventLoop, base: BaseURL, settings: DirectSettings, tls: TLSSettings) {
        self.loop = loop
        self.base = base
        self.settings = settings
        self.tls = tls
    }

    func start(_ exchange: Exchange) {
        earliest = min(earliest, exchange.deadline)
        if let connection = idle.popLast() {
            connection.send(exchange)
        } else {
            connect(exchange)
        }
    }

    /// Fails what is overdue and closes what has been idle for too long.
    func expire(_ now: NIODeadline) {
        if now >= earliest {
            earliest = .distantFuture
            for connection in open.values { connection.expire(now) }
            for connection in open.values { earliest = min(earliest, connection.deadline) }
        }
        let oldest = now - .nanoseconds(settings.idleTimeout.nanoseconds)
        let firstFresh = idle.firstIndex { $0.idleSince > oldest } ?? idle.endIndex
        let stale = idle[..<firstFresh]
        idle.removeFirst(stale.count)
        for connection in stale { connection.close() }
    }

    func abort() {
        for connection in open.values { connection.abort() }
    }

    // MARK: what connections report

    func isIdle(_ connection: Connection) { idle.append(connection) }

    func isClosed(_ connection: Connection) {
        open[ObjectIdentifier(connection)] = nil
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    /// A request that no byte of was flushed before its kept-alive connection was found dead: sent again in silence.
    func resend(_ exchange: Exchange) {
        var exchange = exchange
        exchange.isResent = true
        connect(exchange)
    }

    // MARK: making connections

    private func connect(_ exchange: Exchange) {
        let connection = Connection(pool: self, replyCap: settings.replyCap)
        earliest = min(earliest, connectDeadline)
        open[ObjectIdentifier(connection)] = connection
        connection.prepare(exchange)
        let bound = NIOLoopBound(connection, eventLoop: loop)
        let tls = base.isSecure ? self.tls : nil
        let host = base.host
        let left = exchange.deadline - .now()
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(min(.nanoseconds(settings.connectTimeout.nanoseconds), left))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One read per readiness: a reply fits one buffer, and asking again would mostly answer EAGAIN.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(tls.handler(host: host)) }
                    try pipeline.addHandler(bound.value)
                }
            }
        let attempt: EventLoopFuture<any Channel>
        if let address = try? SocketAddress(ipAddress: base.host, port: base.port) {
            attempt = bootstrap.connect(to: address)
        } else {
            attempt = bootstrap.connect(host: base.host, port: base.port)
        }
        attempt.whenFailure { error in
            let failure = ConnectFailure.describe(error, authority: bound.value.authority)
            bound.value.connectFailed(failure)
        }
    }

    func isConnected(_ connection: Connection, since start: NIODeadline) {
        settings.onConnect?(TimeSpan(nanoseconds: (.now() - start).nanoseconds))
    }

    var authority: String { base.authority }
    var connectDeadline: NIODeadline { .now() + .nanoseconds(settings.connectTimeout.nanoseconds) }
}
