import FoundationEssentials
import GRDB
import SluiceCore

/// One connection to the database of a cache; every call blocks.
struct CacheDatabase: Sendable {
    let queue: DatabaseQueue

    /// Opens the database at a path; it must be prepared.
    /// - Parameter memory: The bytes of pages that are kept.
    init(_ path: String, memory: Int = 32 << 20) throws(CacheFault) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 0; PRAGMA cache_size = \(-memory / 1024);
                    PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = \(64 << 20)
                    """)
        }
        queue = try CacheFault.catching { try DatabaseQueue(path: path, configuration: configuration) }
    }

    /// Whether a file, which is only read, is somebody else's database; one that cannot be read is nobody's.
    static func isForeign(_ path: String) -> Bool {
        guard let status = FileStatus.of(path), status.size > 0 else { return false }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let isOurs = try? DatabaseQueue(path: path, configuration: configuration).read(CacheSchema.isOurs)
        return isOurs == false
    }

    /// Makes the tables, or brings them to the present version.
    /// - Parameters:
    ///   - isAlone: Whether nobody else is at the database; only then are tables changed.
    ///   - checks: Whether the last process left it in disorder, so that every page is looked at.
    func prepare(isAlone: Bool, checks: Bool, steps: [String]) throws(CacheFault) {
        try CacheFault.catching {
            try queue.writeWithoutTransaction { database in
                // Counts before the first table only.
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else {
                    throw CacheFault(.disk, "its file system cannot share memory between processes")
                }
                if checks {
                    let verdict = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") ?? ""
                    guard verdict == "ok" else { throw CacheFault(.damaged, verdict.lowercased()) }
                }
                try CacheSchema.migrate(database, steps: steps, isAlone: isAlone)
            }
        }
    }

    /// Hands back the memory and the file; with the last connection the log goes into the database.
    func close() {
        _ = try? queue.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try? queue.close()
    }

    /// Calls a closure that looks up samples of any number of requests, all in one transaction.
    func look(_ body: ((CacheLookup) throws -> [SampleQuery.Found?]) throws -> Void) throws(CacheFault) {
        try CacheFault.catching {
            try queue.writeWithoutTransaction { database in
                let query = try SampleQuery(database)
                try Snapshot.read(database) {
                    try body { lookup in
                        try lookup.samples.map { sample in
                            for hash in lookup.hashes {
                                if let found = try query.find(hash, sample) { return found }
                            }
                            return nil
                        }
                    }
                }
            }
        }
    }

    /// Stores answers in one transaction; a sample that is there already stays as it is.
    func insert(_ answers: [CachedAnswer], removing damaged: [Int64], at now: WallTime) throws(CacheFault) {
        try CacheFault.catching {
            try queue.inTransaction(.immediate) { database in
                for id in damaged { try database.execute(sql: "DELETE FROM answers WHERE id = ?", arguments: [id]) }
                var routes: [CacheRoute: Int64] = [:]
                let insertion = try AnswerInsertion(database)
                let created = now.nanoseconds / 1_000_000_000
                for answer in answers {
                    let route = try routes[answer.route] ?? Self.id(of: answer.route, database)
                    routes[answer.route] = route
                    try insertion.insert(answer, route: route, created: created)
                }
                return .commit
            }
        }
    }

    private static func id(of route: CacheRoute, _ database: Database) throws -> Int64 {
        let names: StatementArguments = [route.endpoint, route.base, route.model]
        try database.execute(
            sql: "INSERT OR IGNORE INTO routes (endpoint, base_url, model) VALUES (?, ?, ?)", arguments: names)
        let id = try Int64.fetchOne(
            database, sql: "SELECT id FROM routes WHERE endpoint = ? AND base_url = ? AND model = ?", arguments: names)
        guard let id else { throw CacheFault(.damaged, "a route was not stored") }
        return id
    }

    /// The bytes of the database that hold something.
    func usedBytes() throws(CacheFault) -> Int {
        try CacheFault.catching {
            try queue.read { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                return (pages - free) * (try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
            }
        }
    }

    /// The number that a query gives; 0 if it gives none.
    func number(_ sql: String, _ arguments: StatementArguments = []) throws(CacheFault) -> Int {
        try CacheFault.catching { try queue.read { try Int.fetchOne($0, sql: sql, arguments: arguments) ?? 0 } }
    }
}
