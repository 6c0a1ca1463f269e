internal import NIOCore
internal import SluiceCore

/// The pools of all hosts, and the one timer that watches deadlines and idle connections.
///
/// Lives on the event loop; one tick looks at every connection, which costs less than a timer for each request.
final class PoolTable {
    private struct Host: Hashable {
        let name: String
        let port: Int
        let isSecure: Bool
    }

    private let loop: any EventLoop
    private let settings: DirectSettings
    private let tls: TLSSettings
    private var pools: [Host: ConnectionPool] = [:]
    /// The same pools by the endpoints that were seen, which are few and live as long as the run.
    private var known: [ObjectIdentifier: (endpoint: Endpoint, pool: ConnectionPool)] = [:]
    private var ticker: RepeatedTask?
    private var isAborted = false
    private let inflater = Inflater()

    init(loop: any EventLoop, settings: DirectSettings, tls: TLSSettings) {
        self.loop = loop
        self.settings = settings
        self.tls = tls
    }

    func start(_ exchange: Exchange) {
        guard !isAborted else { return exchange.fail(.aborted, "stopped", mayBePaid: false) }
        if ticker == nil { startTicker() }
        let endpoint = exchange.call.endpoint
        if let pool = known[ObjectIdentifier(endpoint)]?.pool { return pool.start(exchange) }
        let pool = pool(for: endpoint.base)
        known[ObjectIdentifier(endpoint)] = (endpoint, pool)
        pool.start(exchange)
    }

    /// Breaks off the calls of these numbers, as far as they are under way.
    func cancel(_ calls: Set<UInt64>) {
        for pool in pools.values { pool.cancel(calls) }
    }

    /// The connections to all hosts.
    var counts: (open: Int, idle: Int) {
        pools.values.reduce((0, 0)) { ($0.0 + $1.counts.open, $0.1 + $1.counts.idle) }
    }

    func abort() {
        isAborted = true
        ticker?.cancel()
        for pool in pools.values { pool.abort() }
    }

    private func pool(for base: BaseURL) -> ConnectionPool {
        let host = Host(name: base.host, port: base.port, isSecure: base.isSecure)
        if let pool = pools[host] { return pool }
        let pool = ConnectionPool(loop: loop, base: base, settings: settings, tls: tls, inflater: inflater)
        pools[host] = pool
        return pool
    }

    private func startTicker() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        ticker = loop.scheduleRepeatedTask(initialDelay: .milliseconds(50), delay: .milliseconds(50)) { _ in
            let now = NIODeadline.now()
            for pool in bound.value.pools.values { pool.expire(now) }
        }
    }
}
