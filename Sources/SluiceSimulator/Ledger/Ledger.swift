import NIOCore
import NIOPosix
import SluiceCore

/// Keeps the entries, in memory and in a file, without ever making a connection wait for a disk.
///
/// Entries are handed over under a lock; a thread of its own turns them into lines and appends them to the file, at
/// most 50 ms later and at the end.
final class Ledger: Sendable {
    private struct State {
        var kept: [LedgerEntry] = []
        var pending: [LedgerEntry] = []
        var isScheduled = false
        var failure: SluiceError?
    }

    private static let latest = TimeAmount.milliseconds(50)
    private let state = Guarded(State())
    private let keepsEntries: Bool
    private let file: LedgerFile?
    private let thread: MultiThreadedEventLoopGroup?

    init(path: String?, keepsEntries: Bool) throws(SluiceError) {
        self.keepsEntries = keepsEntries
        if let path {
            file = try LedgerFile(path: path)
            thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        } else {
            file = nil
            thread = nil
        }
    }

    func append(_ entry: LedgerEntry) {
        guard keepsEntries || thread != nil else { return }
        let mustSchedule = state.withLock { state in
            if keepsEntries { state.kept.append(entry) }
            guard thread != nil else { return false }
            state.pending.append(entry)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { thread?.next().scheduleTask(in: Self.latest) { self.flush() } }
    }

    func entries() -> [LedgerEntry] { state.withLock { $0.kept } }

    func failure() -> SluiceError? { state.withLock { $0.failure } }

    /// Writes what is left and ends the thread.
    func close() async {
        guard let thread else { return }
        _ = await thread.next().submit { self.flush() }.result()
        try? await thread.shutdownGracefully()
        file?.close()
    }

    private func flush() {
        let entries = state.withLock { state in
            state.isScheduled = false
            let entries = state.pending
            state.pending = []
            state.pending.reserveCapacity(entries.count)
            return state.failure == nil ? entries : []
        }
        guard let file, !entries.isEmpty else { return }
        do throws(SluiceError) {
            try file.append(entries)
        } catch {
            state.withLock { $0.failure = error }
        }
    }
}
