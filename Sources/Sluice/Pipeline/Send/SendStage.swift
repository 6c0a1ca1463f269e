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

    private let transport: any Transport
    private let routes: [[Route]]
    private let connection: ConnectionOptions
    private let accounts: [Account]

    /// Prepares the headers of every credential once.
    /// - Throws: ``SluiceError`` if a key cannot be put into a header.
    init(_ options: RunOptions, transport: any Transport) throws(SluiceError) {
        self.transport = transport
        connection = options.connection
        accounts = options.accounts
        var routes: [[Route]] = []
        for account in options.accounts {
            let keys: [Secret?] = account.keys.isEmpty ? [nil] : account.keys
            // A model on one's own machine may take long for one answer; a paid one is not waited for that long.
            let timeout = options.timeout ?? .seconds(account.base.isPrivate ? 3600 : 600)
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
        self.routes = routes
    }

    func send(_ order: Plan.Order, with grant: Grant, replyRoom: Int) async -> Result<Reply, TransportFailure> {
        let route = routes[grant.account][grant.credential.credential]
        let place =
            switch order.endpoint {
            case .chat: 0
            case .completions: 1
            case .embeddings: 2
            }
        return await transport.send(
            Call(
                endpoint: route.endpoints[place], body: body(of: order, at: grant.account), timeout: route.timeout,
                firstByte: connection.firstByteTimeout, pause: connection.idleTimeout, room: replyRoom))
    }

    /// What an account calls a model.
    func name(of model: String, at account: Int) -> String {
        accounts[account].name(of: model)
    }

    private func body(of order: Plan.Order, at account: Int) -> Bytes {
        let name = accounts[account].name(of: order.model)
        guard name != order.model else { return order.body }
        return OpenAIRequest.renaming(order.body, from: order.model, to: name)
    }
}
