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

    private let loop: any EventLoop
    private let base: BaseURL
    private let settings: DirectSettings
    private let tls: TLSSettings
    private var book = AddressBook<SocketAddress>()
    /// The connections that wait for a look-up; there is one under way if there are any.
    private var waiting: [Waiting] = []

    init(loop: any EventLoop, base: BaseURL, settings: DirectSettings, tls: TLSSettings) {
        self.loop = loop
        self.base = base
        self.settings = settings
        self.tls = tls
    }

    /// Connects to the first address that answers; the connection is told how it went.
    func dial(_ connection: Connection, until limit: NIODeadline) {
        if book.isStale(now), book.isEmpty, let literal = try? SocketAddress(ipAddress: base.host, port: base.port) {
            book.found(entries([literal]), at: .never)
        }
        guard book.isStale(now) else { return attempt(connection, until: limit) }
        waiting.append(Waiting(connection: connection, limit: limit))
        if waiting.count == 1 { lookUp() }
    }

    private var now: Instant { Instant(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }

    private func lookUp() {
        let (host, port) = (base.host, base.port)
        let given = settings.addresses[host]
        // The system's look-up blocks.
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { () throws -> [SocketAddress] in
            if let given { return given.compactMap { try? SocketAddress(ipAddress: $0, port: port) } }
            return try SystemResolver.addresses(of: host, port: port)
        }.assumeIsolated().whenComplete { self.found($0) }
    }

    private func found(_ result: Result<[SocketAddress], any Error>) {
        let served = waiting
        waiting = []
        switch result {
        case .success(let addresses): book.found(entries(addresses), at: now)
        case .failure(let error):
            // A name server that fails for a moment does not stop those who know the way.
            guard book.isEmpty else { break }
            let reason = (error as? SystemResolver.Failure)?.reason ?? "\(error)"
            let failure = TransportFailure(.unresolved, "no address for \(base.host): \(reason)", mayBePaid: false)
            for item in served { item.connection.connectFailed(failure) }
            return
        }
        for item in served { attempt(item.connection, until: item.limit) }
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
        guard connection.isWanted, let address = addresses.first else {
            return connection.connectFailed(failure.failure)
        }
        // What is left of the time is shared by the addresses that are left, so that a silent one does not take it all.
        let share = TimeAmount.nanoseconds(max(1_000_000, (limit - .now()).nanoseconds / Int64(addresses.count)))
        let bound = NIOLoopBound(connection, eventLoop: loop)
        let tls = base.isSecure ? self.tls : nil
        let host = base.host
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
            case .success: self.book.answered(address)
            case .failure(let error as SluiceError):
                connection.connectFailed(TransportFailure(.tls, error.message, hint: error.hint, mayBePaid: false))
            case .failure(let error):
                var failure = failure
                failure.add(error, at: address)
                if failure.isFinal { return connection.connectFailed(failure.failure) }
                self.book.failed(address, at: self.now)
                self.attempt(connection, addresses.dropFirst(), failure, until: limit)
            }
        }
    }
}
