import GRDB
package import SluiceCore

/// Counts, durably and for all runs on a machine, what accounts use of their days.
///
/// One thread does it: everything that is asked for while it writes is one commit, which is on the disk before anybody is
/// answered. What was asked for and not used is given back at the end; of a killed run it stays counted.
package final class DayLedger: Sendable {
    private enum Work {
        case take(DayUse, @Sendable (Result<DayUse.Granted, SluiceError>) -> Void)
        case giveBack([(amount: Int64, use: DayUse)], Suspension<SluiceError?>)
    }

    private struct Queue {
        var work: [Work] = []
        var isClosing = false
    }

    /// How often a writer that is busy is waited for.
    private static let tries = 12
    private let path: String?
    private let database: StateDatabase
    private let monitor = Monitor(Queue())
    private let salt: String
    /// What people should know of its opening; nil if nothing.
    package let notice: String?

    /// Opens the ledger, which may be shared with other processes, and starts its thread; blocks.
    /// - Parameters:
    ///   - path: Where it is kept; nil for one that ends with the process.
    ///   - patience: How long another process that writes is waited for; to count, twelve times as long.
    /// - Throws: ``SluiceError`` of code `io` or `disk` if it cannot be read or written, or is damaged and in use.
    package init(_ path: String?, now: WallTime, patience: TimeSpan = .seconds(5)) throws(SluiceError) {
        self.path = path
        var salt = ""
        do {
            if let path { try Self.makeFolder(of: path) }
            database = try StateDatabase(
                path, isSynced: true, tables: DayTable.tables, patience: patience
            ) { database in
                try DayTable.clean(now, in: database)
                salt = try DayTable.salt(database)
            }
        } catch {
            throw Self.error(error, path)
        }
        self.salt = salt
        notice = database.replaced.map {
            "the day counters in \(path ?? "memory") were damaged and begin anew; the old file is \($0)"
        }
        try BlockingThread.start("the day counters") { [monitor, database, path] in Self.run(monitor, database, path) }
    }

    deinit {
        monitor.withLock { $0.isClosing = true }
        monitor.signal()
    }

    /// What stands for a key at a provider: it cannot be turned back, and differs from file to file.
    package func name(of key: Secret?, at provider: String) -> String {
        AccountHash.name(of: key, at: provider, salt: salt)
    }

    /// Counts a part; `done` is called on the thread once it is on the disk.
    package func take(_ use: DayUse, done: @escaping @Sendable (Result<DayUse.Granted, SluiceError>) -> Void) {
        monitor.withLock { $0.work.append(.take(use, done)) }
        monitor.signal()
    }

    /// Gives back what was not used of parts, and counts what was used beyond them; everything that was asked for before
    /// is answered then, also if there is nothing to give back.
    package func giveBack(_ amounts: [(amount: Int64, use: DayUse)]) async throws(SluiceError) {
        let failure = await suspended { waiter in
            monitor.withLock { $0.work.append(.giveBack(amounts, waiter)) }
            monitor.signal()
        }
        if let failure { throw failure }
    }

    private static func run(_ monitor: Monitor<Queue>, _ database: StateDatabase, _ path: String?) {
        while true {
            let work: [Work] = monitor.wait { queue in
                if queue.work.isEmpty { return queue.isClosing ? [] : nil }
                defer { queue.work = [] }
                return queue.work
            }
            if work.isEmpty { return }
            commit(work, database.queue, path)
        }
    }

    private static func commit(_ work: [Work], _ queue: DatabaseQueue, _ path: String?) {
        var granted: [DayUse.Granted] = []
        var failure: SluiceError?
        for _ in 1...tries {
            do {
                granted = try write(work, queue)
                failure = nil
                break
            } catch {
                failure = self.error(error, path)
                // Whoever copies or checks the file holds it for long; a failure would end the run.
                guard (error as? DatabaseError)?.resultCode == .SQLITE_BUSY else { break }
            }
        }
        var next = 0
        for item in work {
            switch item {
            case .take(_, let done):
                done(failure.map { .failure($0) } ?? .success(granted[next]))
                next += 1
            case .giveBack(_, let waiter): waiter.resume(returning: failure)
            }
        }
    }

    /// Counts, in one transaction; returns what was granted, in order.
    private static func write(_ work: [Work], _ queue: DatabaseQueue) throws -> [DayUse.Granted] {
        try queue.writeWithoutTransaction { database in
            var granted: [DayUse.Granted] = []
            // At once for writing: what is read must not change before the part is counted.
            try database.inTransaction(.immediate) {
                for item in work {
                    switch item {
                    case .take(let use, _): granted.append(try DayTable.take(use, in: database))
                    case .giveBack(let amounts, _):
                        for (amount, use) in amounts { try DayTable.giveBack(amount, of: use, in: database) }
                    }
                }
                return .commit
            }
            return granted
        }
    }

    private static func makeFolder(of path: String) throws(SluiceError) {
        var folder = ""
        for part in RealPath.split(path).folder.split(separator: "/") {
            folder += "/\(part)"
            guard FileStatus.of(folder) == nil else { continue }
            do throws(SystemError) {
                _ = try Folder.create(folder)
            } catch {
                throw error.stopping("create", folder)
            }
        }
    }

    private static func error(_ error: any Error, _ path: String?) -> SluiceError {
        if let error = error as? SluiceError { return error }
        let isFull = (error as? DatabaseError)?.resultCode == .SQLITE_FULL
        return SluiceError(
            isFull ? .disk : .io, "cannot keep the day counters in \(path ?? "memory"): \(StateDatabase.text(error))",
            hint: "XDG_STATE_HOME names another folder for them")
    }
}
