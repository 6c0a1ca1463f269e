import GRDB
import SluiceCore

/// A database that outlives a run, open for writing.
///
/// It is read while it is written and survives a killed process: a write-ahead log, one writer at a time, whoever finds
/// another waits. A damaged one is set aside if nobody else has it open.
final class StateDatabase: Sendable {
    /// The tables of this version; later ones only ever add.
    static let schema = 1

    let queue: DatabaseQueue
    /// Where the damaged file is now that was in its place; nil if none was.
    let replaced: String?
    /// Shared while the database is open.
    private let file: DatabaseFile?

    /// Opens a database, for its owner only, and makes what is missing; blocks.
    /// - Parameters:
    ///   - path: Where it is; nil for one that ends with the process.
    ///   - isSynced: Whether each commit is on the disk when it returns.
    ///   - patience: How long another writer is waited for.
    ///   - begin: What is done first, in a transaction of its own; it may be done again.
    /// - Throws: ``DatabaseError``, ``SystemError``, or ``SluiceError`` for a file of a newer version.
    init(
        _ path: String?, isSynced: Bool, tables: String, patience: TimeSpan = .seconds(5),
        begin: (Database) throws -> Void = { _ in }
    ) throws {
        guard let path else {
            (file, replaced) = (nil, nil)
            queue = try DatabaseQueue()
            try Self.prepare(queue, "memory", tables, begin)
            return
        }
        let file = try DatabaseFile(path, lock: path + ".lock")
        func open() throws -> DatabaseQueue { try Self.open(file, isSynced, tables, patience, begin) }
        let isAlone = try file.enter()
        do {
            queue = try open()
            replaced = nil
        } catch let error as DatabaseError
            where isAlone && [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        {
            replaced = try file.setAside()
            queue = try open()
        }
        try file.share()
        self.file = file
    }

    // The lock goes last: until then nobody may rename the file.
    deinit { try? queue.close() }

    private static func open(
        _ file: DatabaseFile, _ isSynced: Bool, _ tables: String, _ patience: TimeSpan,
        _ begin: (Database) throws -> Void
    ) throws -> DatabaseQueue {
        let path = file.path
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(patience.nanoseconds) / 1e9)
        configuration.prepareDatabase { database in
            // A log that several machines map into memory is no log; there the journal of old does.
            try database.execute(sql: "PRAGMA journal_mode = \(FileSystem.isNetwork(path) ? "DELETE" : "WAL")")
            try database.execute(sql: "PRAGMA synchronous = \(isSynced ? "FULL" : "NORMAL")")
        }
        try file.make()
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try prepare(queue, path, tables, begin)
        return queue
    }

    private static func prepare(
        _ queue: DatabaseQueue, _ path: String, _ tables: String, _ begin: (Database) throws -> Void
    ) throws {
        try queue.write { database in
            try make(tables, in: database, path: path)
            try begin(database)
        }
    }

    /// Opens a database that another process may be writing; nil if there is none.
    static func openForReading(_ path: String) throws -> DatabaseQueue? {
        guard FileStatus.of(path) != nil else { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// What is wrong, in a line.
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as DatabaseError: error.message ?? "sqlite error \(error.resultCode.rawValue)"
        case let error as SystemError: error.text
        case let error as SluiceError: error.message
        case is RowDecodingError: "it holds what no run writes"
        default: "\(error)"
        }
    }

    private static func make(_ tables: String, in database: Database, path: String) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version <= schema else {
            throw SluiceError(
                .configuration, "\(path) was written by a newer version of sluice",
                hint: "use that, or move the file away")
        }
        try database.execute(sql: tables)
        if version < schema { try database.execute(sql: "PRAGMA user_version = \(schema)") }
    }
}
