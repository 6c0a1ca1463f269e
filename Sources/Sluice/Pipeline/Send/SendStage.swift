internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceTransport

/// Puts an order on the wire with the credential that admission chose.
struct SendStage: Sendable {
    private struct Route: Sendable {
        /// By the order of `Request.Endpoint.allCases`.
        let endpoints: [Endpoint]
        let timeout: TimeSpan
    }

    /// The accounts, and the route of each of their credentials.
    private struct Table: Sendable {
        var accounts: [Account] = []
        var routes: [[Route]] = []
    }

    private let transport: any Transport
    private let table: Guarded<Table>
    private let connection: ConnectionOptions
    private let limit: TimeSpan?

    /// Prepares the headers of every credential once.
    /// - Throws: ``SluiceError`` if a key cannot be put into a header.
    init(_ options: RunOptions, transport: any Transport) throws(SluiceError) {
        self.transport = transport
        connection = options.connection
        limit = options.timeout
        table = Guarded(Table())
        try update(options.accounts)
    }

    /// Takes over the accounts; none of them, nor of their keys, may have lost its place.
    /// - Throws: ``SluiceError`` if a key cannot be put into a header; then nothing changes.
    func update(_ accounts: [Account]) throws(SluiceError) {
        let table = Table(accounts: accounts, routes: try Self.routes(accounts, limit: limit))
        self.table.withLock { $0 = table }
    }

    /// Looks whether every key can be put into a header.
    /// - Throws: ``SluiceError`` if one cannot.
    static func check(_ options: RunOptions) throws(SluiceError) {
        _ = try routes(options.accounts, limit: options.timeout)
    }

    private static func routes(_ accounts: [Account], limit: TimeSpan?) throws(SluiceError) -> [[Route]] {
        var routes: [[Route]] = []
        for account in accounts {
            let keys: [Secret?] = account.keys.isEmpty ? [nil] : account.keys
            // A model on one's own machine may take long for one answer; a paid one is not waited for that long.
            let timeout = limit ?? .seconds(account.base.isPrivate ? 3600 : 600)
            var credentials: [Route] = []
            for key in keys {
                var headers = OpenAIRequest.headers(
                    key: key.map { $0.reveal { $0 } }, organisation: account.organisation)
                headers.append((name: "user-agent", value: "sluice/\(Version.current)"))
                var endpoints: [Endpoint] = []
                for kind in Request.Endpoint.allCases {
                    endpoints.append(
                        try Endpoint(base: account.base, path: OpenAIRequest.path(kind), headers: headers))
                }
                credentials.append(Route(endpoints: endpoints, timeout: timeout))
            }
            routes.append(credentials)
        }
        return routes
    }

    func send(_ order: Plan.Order, with grant: Grant, replyRoom: Int) async -> Result<Reply, TransportFailure> {
        let (route, name) = table.withLock { table in
            (
                table.routes[grant.account][grant.credential.credential],
                table.accounts[grant.account].name(of: order.model)
            )
        }
        let body = name == order.model ? order.body : OpenAIRequest.renaming(order.body, from: order.model, to: name)
        let place =
            switch order.endpoint {
            case .chat: 0
            case .completions: 1
            case .embeddings: 2
            }
        return await transport.send(
            Call(
                endpoint: route.endpoints[place], body: body, timeout: route.timeout,
                firstByte: connection.firstByteTimeout, pause: connection.idleTimeout, room: replyRoom))
    }

    /// What an account calls a model.
    func name(of model: String, at account: Int) -> String {
        table.withLock { $0.accounts[account].name(of: model) }
    }
}
