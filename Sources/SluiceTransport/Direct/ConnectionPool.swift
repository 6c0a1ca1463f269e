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
    private let base: BaseURL
    private let settings: DirectSettings
    private let tls: TLSSettings
    private let inflater: Inflater
    private let dialer: Dialer
    private var idle: [Connection] = []
    private var open: [ObjectIdentifier: Connection] = [:]
    private var names = ReplyNames()
    /// No deadline of an open connection is earlier than this; so the watch has nothing to look at before it.
    private var earliest = NIODeadline.distantFuture

    init(loop: any EventLoop, base: BaseURL, settings: DirectSettings, tls: TLSSettings, inflater: Inflater) {
        self.base = base
        self.settings = settings
        self.tls = tls
        self.inflater = inflater
        dialer = Dialer(loop: loop, base: base, settings: settings, tls: tls)
    }

    var authority: String { base.authority }
    var isSecure: Bool { base.isSecure }
    var replyCap: Int { settings.replyCap }
    var memory: (any ReplyMemory)? { settings.memory }
    /// Connections that are open or being opened, and those among them that are idle.
    var counts: (open: Int, idle: Int) { (open.count, idle.count) }

    func start(_ exchange: Exchange) {
        watch(exchange.deadline)
        while let connection = idle.popLast() {
            if connection.idleUntil > exchange.began, connection.isSilent {
                return connection.send(exchange)
            }
            connection.close()
        }
        connect(exchange)
    }

    /// Sees to it that a deadline is looked at in time.
    func watch(_ deadline: NIODeadline) { earliest = min(earliest, deadline) }

    /// Fails what is overdue and closes what has been idle for too long.
    func expire(_ now: NIODeadline) {
        if now >= earliest {
            earliest = .distantFuture
            for connection in open.values { connection.expire(now) }
            for connection in open.values { watch(connection.deadline) }
        }
        let firstFresh = idle.firstIndex { $0.idleUntil > now } ?? idle.endIndex
        let stale = idle[..<firstFresh]
        idle.removeFirst(stale.count)
        for connection in stale { connection.close() }
    }

    /// Breaks off the calls of these numbers.
    func cancel(_ calls: Set<UInt64>) {
        for connection in open.values {
            if let call = connection.call, calls.contains(call) { connection.breakOff(.aborted, "cancelled") }
        }
    }

    func abort() {
        dialer.stop()
        for connection in open.values { connection.breakOff(.aborted, "stopped") }
    }

    // MARK: what connections report

    /// Keeps a connection for the next call, unless the server says that it does not.
    /// - Parameter patience: How long the server says that it waits for the next request.
    func keep(_ connection: Connection, _ patience: TimeSpan?, until limit: inout NIODeadline) -> Bool {
        var span = settings.idleTimeout.nanoseconds
        // A second less than the server's, as the next request has to get there; less where it waits no longer itself.
        if let patience { span = min(span, patience.nanoseconds - min(1_000_000_000, patience.nanoseconds / 2)) }
        guard span > 0 else { return false }
        limit = .now() + .nanoseconds(span)
        idle.append(connection)
        return true
    }

    func isClosed(_ connection: Connection) {
        open[ObjectIdentifier(connection)] = nil
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    func isConnected(_ connection: Connection, since start: NIODeadline) {
        settings.onConnect?(TimeSpan(nanoseconds: (.now() - start).nanoseconds))
    }

    /// A request that no byte of was flushed before its kept-alive connection was found dead: sent again in silence.
    func resend(_ exchange: Exchange) {
        var exchange = exchange
        exchange.isResent = true
        connect(exchange)
    }

    /// Undoes the coding of a body, if the result is at most so large.
    func decode(_ body: [UInt8], _ coding: ContentCoding, cap: Int) throws(ResponseError) -> [UInt8] {
        try inflater.decode(body, coding, cap: min(cap, settings.replyCap))
    }

    /// Whether a reply has come before on its connection, as far as its server's replies can be told apart.
    func isRepeated(_ head: ResponseHead, _ body: [UInt8], after recent: inout ReplyNames.Recent) -> Bool {
        guard names.areUnique, let name = ReplyName(head, body) else { return false }
        return names.isRepeated(name, after: &recent)
    }

    /// What is wrong with a server whose certificate was verified; nil if it is the host that is wanted.
    func identityFailure(_ certificate: NIOSSLCertificate?) -> TransportFailure? {
        tls.isNamed(base.host, in: certificate) ? nil : tlsFailure(certificate).otherHost
    }

    func tlsFailure(_ certificate: NIOSSLCertificate?) -> TLSFailure {
        TLSFailure(authority: authority, host: base.host, certificate: certificate, now: settings.wall?())
    }

    private func connect(_ exchange: Exchange) {
        let connection = Connection(pool: self, replyCap: settings.replyCap)
        open[ObjectIdentifier(connection)] = connection
        let limit = NIODeadline.now() + .nanoseconds(settings.connectTimeout.nanoseconds)
        // A moment more, so that the dialer can say what it has tried; only a handshake that stalls is ended by this.
        connection.prepare(exchange, connectedBy: limit + .milliseconds(200))
        watch(connection.deadline)
        dialer.dial(connection, until: min(limit, exchange.deadline))
    }
}
