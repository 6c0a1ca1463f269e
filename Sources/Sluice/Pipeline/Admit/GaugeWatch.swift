internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceTransport

/// Asks servers for which a concurrency is looked for how much they have to do, where they say so at `/metrics`, as vLLM.
///
/// No key goes there. A server that does not answer with its gauges is not asked again.
struct GaugeWatch: Sendable {
    private static let pause = TimeSpan.seconds(1)
    private static let patience = TimeSpan.seconds(5)
    /// So many failures in a row end it.
    private static let mostFailures = 3

    private let account: Account
    private let place: Int
    private let endpoint: Endpoint
    private let transport: any Transport
    private let admission: Admission
    private let memory: MemoryGate
    private let sleep: @Sendable (TimeSpan) async throws -> Void

    /// A watch of an account; nil if nothing is looked for there.
    init?(
        _ account: Account, place: Int, transport: any Transport, admission: Admission, memory: MemoryGate,
        sleep: @escaping @Sendable (TimeSpan) async throws -> Void
    ) {
        guard account.limits.findsConcurrency || account.modelLimits.values.contains(where: \.findsConcurrency),
            let root = try? BaseURL("\(account.base.isSecure ? "https" : "http")://\(account.base.authority)"),
            let endpoint = try? Endpoint(
                .get, base: root, path: "/metrics", headers: [(name: "user-agent", value: "sluice/\(Version.current)")])
        else { return nil }
        self.account = account
        self.place = place
        self.endpoint = endpoint
        self.transport = transport
        self.admission = admission
        self.memory = memory
        self.sleep = sleep
    }

    /// Asks until the task is cancelled, or there is nothing to ask.
    func keep() async {
        var failures = 0
        while (try? await sleep(Self.pause)) != nil {
            let call = Call(endpoint: endpoint, body: Bytes([]), timeout: Self.patience)
            switch await transport.send(call) {
            case .success(let reply):
                defer { if reply.taken > 0 { memory.giveBack(reply.taken) } }
                guard reply.status == 200, let metrics = ServerMetrics(reply.body) else { return }
                failures = 0
                admission.note(metrics, of: account, at: place)
            case .failure:
                failures += 1
                if failures >= Self.mostFailures { return }
            }
        }
    }
}
