internal import SluiceCore
internal import SluiceProviders
internal import SluiceTransport

/// Asks a server for which a concurrency is looked for how much it has to do, where it says so at `/metrics`, as vLLM.
///
/// No key goes there. A server that has no such page, or no gauges on it, is not asked again.
struct GaugeWatch: Sendable {
    private static let pause = TimeSpan.seconds(1)
    /// The longest pause after failures.
    private static let longestPause = TimeSpan.seconds(30)
    private static let patience = TimeSpan.seconds(5)

    private let endpoint: Endpoint
    private let transport: any Transport
    private let memory: MemoryGate
    private let sleep: @Sendable (TimeSpan) async throws -> Void
    private let isWanted: @Sendable () -> Bool
    private let note: @Sendable (ServerMetrics) -> Void

    /// A watch of a server, whose address is without a path; nil for one that cannot be asked.
    /// - Parameters:
    ///   - isWanted: Whether anybody wants to know at present.
    ///   - note: Told of each answer with gauges.
    init?(
        _ server: BaseURL, transport: any Transport, memory: MemoryGate,
        sleep: @escaping @Sendable (TimeSpan) async throws -> Void,
        isWanted: @escaping @Sendable () -> Bool, note: @escaping @Sendable (ServerMetrics) -> Void
    ) {
        let agent = (name: "user-agent", value: "sluice/\(Version.current)")
        guard let endpoint = try? Endpoint(.get, base: server, path: "/metrics", headers: [agent]) else { return nil }
        self.endpoint = endpoint
        self.transport = transport
        self.memory = memory
        self.sleep = sleep
        self.isWanted = isWanted
        self.note = note
    }

    /// Asks until the task is cancelled, or there is nothing to ask.
    func keep() async {
        var pause = Self.pause
        while (try? await sleep(pause)) != nil {
            guard isWanted() else { continue }
            let call = Call(endpoint: endpoint, body: Bytes([]), timeout: Self.patience)
            if case .success(let reply) = await transport.send(call) {
                defer { if reply.taken > 0 { memory.giveBack(reply.taken) } }
                if reply.status == 404 { return }
                if reply.status == 200 {
                    guard let metrics = ServerMetrics(reply.body) else { return }
                    note(metrics)
                    pause = Self.pause
                    continue
                }
            }
            // It may be starting, or behind a gateway that is.
            pause = min(.seconds(pause.seconds * 2), Self.longestPause)
        }
    }
}
