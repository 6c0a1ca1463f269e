internal import SluiceCore
internal import SluiceProviders
internal import SluiceTransport

/// A watch for each server for which a concurrency is looked for, however many accounts are there; accounts may join
/// while it goes on.
final class GaugeWatches: Sendable {
    private struct State {
        /// The accounts at each server.
        var accounts: [BaseURL: [(account: Account, place: Int)]] = [:]
        /// The servers that are asked, or have shown that there is nothing to ask.
        var known: Set<BaseURL> = []
    }

    private let state = Guarded(State())
    private let transport: any Transport
    private let admission: Admission
    private let memory: MemoryGate
    private let sleep: @Sendable (TimeSpan) async throws -> Void
    /// The servers that are new.
    private let servers: AsyncStream<BaseURL>
    private let join: AsyncStream<BaseURL>.Continuation

    init(
        transport: any Transport, admission: Admission, memory: MemoryGate,
        sleep: @escaping @Sendable (TimeSpan) async throws -> Void
    ) {
        self.transport = transport
        self.admission = admission
        self.memory = memory
        self.sleep = sleep
        (servers, join) = AsyncStream.makeStream()
    }

    /// Takes over the accounts that are used from now on.
    func update(_ roster: Roster) {
        var all: [BaseURL: [(account: Account, place: Int)]] = [:]
        for (place, account) in roster.accounts.enumerated()
        where account.findsConcurrency && roster.isLive[place].contains(true) {
            let base = account.base
            guard let server = try? BaseURL("\(base.isSecure ? "https" : "http")://\(base.authority)") else { continue }
            all[server, default: []].append((account, place))
        }
        let new = state.withLock { state in
            state.accounts = all
            let new = Set(all.keys).subtracting(state.known)
            state.known.formUnion(new)
            return new
        }
        for server in new { join.yield(server) }
    }

    /// Asks until the task is cancelled.
    func keep() async {
        await withDiscardingTaskGroup { group in
            for await server in servers {
                let watch = GaugeWatch(server, transport: transport, memory: memory, sleep: sleep) { [state] in
                    state.withLock { $0.accounts[server] != nil }
                } note: { [state, admission] metrics in
                    for (account, place) in state.withLock({ $0.accounts[server] ?? [] }) {
                        admission.note(metrics, of: account, at: place)
                    }
                }
                if let watch { group.addTask { await watch.keep() } }
            }
        }
    }
}

extension Account {
    /// Whether a concurrency is looked for, for any of its models.
    fileprivate var findsConcurrency: Bool {
        limits.findsConcurrency || modelLimits.values.contains(where: \.findsConcurrency)
    }
}
