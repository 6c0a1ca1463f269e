internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import SluiceCore

/// Makes the connections to one host: finds its addresses and tries one after the other.
final class Dialer {
    private struct Waiting {
        let connection: Connection
        let limit: NIODeadline
    }

    /// How long a connection waits for a look-up where addresses are known already.
    private static let patience = TimeAmount.milliseconds(250)

    private let loop: any EventLoop
    private let base: BaseURL
    private let settings: DirectSettings
    private let tls: TLSSettings
    private var book: AddressBook<SocketAddress>
    /// The connections that wait for a look-up.
    private var waiting: [Waiting] = []
    private var isLookingUp = false
    /// Whether the look-up under way has taken so long that the addresses from before are used meanwhile.
    private var isLate = false
    /// Whether the loop is about to end, so that a look-up must not come back to it.
    private let isOver = Guarded(false)
    /// Makes the look-up under way a late one.
    private var late: Scheduled<Void>?

    init(loop: any EventLoop, base: BaseURL, settings: DirectSettings, tls: TLSSettings) {
        self.loop = loop
        self.base = base
        self.settings = settings
        self.tls = tls
        book = AddressBook(freshness: settings.addressFreshness)
    }

    /// Connects to the first address that answers; the connection is told how it went.
    func dial(_ connection: Connection, until limit: NIODeadline) {
        if book.isStale(now), book.isEmpty, let literal = try? SocketAddress(ipAddress: base.host, port: base.port) {
            book.found(entries([literal]), at: .never)
        }
        guard book.isStale(now), !isLate else { return attempt(connection, until: limit) }
        waiting.append(Waiting(connection: connection, limit: limit))
        if !isLookingUp { lookUp() }
    }

    /// Lets no look-up come back any more.
    func stop() { isOver.withLock { $0 = true } }

    private var now: Instant { Instant(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }

    private func lookUp() {
        isLookingUp = true
        if !book.isEmpty {
            late = loop.assumeIsolated().scheduleTask(in: Self.patience) {
                self.isLate = true
                self.serve()
            }
        }
        let (host, port) = (base.host, base.port)
        let dialer = NIOLoopBound(self, eventLoop: loop)
        // The system's look-up blocks.
        NIOThreadPool.singleton.submit { [loop, isOver, given = settings.addresses] _ in
            let result = Result { () throws -> [SocketAddress] in
                if let given = given?(host) {
                    return given.compactMap { try? SocketAddress(ipAddress: $0, port: port) }
                }
                return try SystemResolver.addresses(of: host, port: port)
            }
            isOver.withLock { isOver in
                if !isOver { loop.execute { dialer.value.found(result) } }
            }
        }
    }

    private func found(_ result: Result<[SocketAddress], any Error>) {
        late?.cancel()
        (isLookingUp, isLate) = (false, false)
        switch result {
        case .success(let addresses): book.found(entries(addresses), at: now)
        case .failure(let error):
            // A name server that fails for a moment does not stop those who know the way.
            guard book.isEmpty else { break }
            let reason = (error as? SystemResolver.Failure)?.reason ?? "\(error)"
            let failure = TransportFailure(.unresolved, "no address for \(base.host): \(reason)", mayBePaid: false)
            for item in takeWaiting() { item.connection.connectFailed(failure) }
        }
        serve()
    }

    private func serve() {
        for item in takeWaiting() { attempt(item.connection, until: item.limit) }
    }

    private func takeWaiting() -> [Waiting] {
        defer { waiting = [] }
        return waiting
    }

    private func entries(_ addresses: [SocketAddress]) -> [AddressBook<SocketAddress>.Entry] {
        addresses.map { address in
            if case .v6 = address { .init(address: address, family: 6) } else { .init(address: address, family: 4) }
        }
    }

    private func attempt(_ connection: Connection, until limit: NIODeadline) {
        attempt(connection, book.order(now)[...], ConnectFailure(authority: base.authority), until: limit)
    }

    private func attempt(
        _ connection: Connection, _ addresses: ArraySlice<SocketAddress>, _ failure: ConnectFailure,
        until limit: NIODeadline
    ) {
        guard connection.isWanted, limit > .now(), let address = addresses.first else {
            return connection.connectFailed(failure.failure)
        }
        // What is left of the time is shared by the addresses that are left, so that a silent one does not take it all.
        let share = TimeAmount.nanoseconds(max(1_000_000, (limit - .now()).nanoseconds / Int64(addresses.count)))
        let bound = NIOLoopBound(connection, eventLoop: loop)
        let tls = base.isSecure ? self.tls : nil
        let host = base.host
        if tls != nil {
            connection.awaitHandshake(until: .now() + share) { reason, isTimeout in
                var failure = failure
                failure.add(reason, isTimeout: isTimeout, at: address)
                self.next(connection, addresses, failure, until: limit)
            } atSuccess: {
                self.book.answered(address)
            }
        }
        let attempt = SocketOptions.keepAlive(ClientBootstrap(group: loop))
            .connectTimeout(share)
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
            .connect(to: address)
        attempt.assumeIsolated().whenComplete { result in
            switch result {
            // With TLS only the handshake shows that somebody is there.
            case .success: if tls == nil { self.book.answered(address) }
            case .failure(let error as SluiceError):
                connection.connectFailed(TransportFailure(.tls, error.message, hint: error.hint, mayBePaid: false))
            case .failure(let error):
                var failure = failure
                failure.add(error, at: address)
                if failure.isFinal { return connection.connectFailed(failure.failure) }
                self.next(connection, addresses, failure, until: limit)
            }
        }
    }

    /// Goes on behind the first address, which did not answer.
    private func next(
        _ connection: Connection, _ addresses: ArraySlice<SocketAddress>, _ failure: ConnectFailure,
        until limit: NIODeadline
    ) {
        // Who is not wanted any more has closed the channel himself.
        if connection.isWanted, let address = addresses.first { book.failed(address, at: now) }
        attempt(connection, addresses.dropFirst(), failure, until: limit)
    }
}
