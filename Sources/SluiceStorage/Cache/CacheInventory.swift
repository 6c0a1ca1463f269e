import FoundationEssentials
import GRDB
package import SluiceCore

/// A cache as it is looked through and cleaned up outside a run; runs may use it meanwhile.
///
/// Every call blocks.
package final class CacheInventory: Sendable {
    private let folder: CacheFolder
    private let database: CacheDatabase

    /// Opens the cache in a folder.
    /// - Throws: ``SluiceError`` if there is none, or it cannot be used.
    package init(_ path: String, onNote: (String) -> Void) throws(SluiceError) {
        guard FileStatus.of(path + "/cache.db") != nil else {
            throw SluiceError(
                .configuration, "there is no cache in \(path)",
                hint: "a run with --cache makes one; --cache-dir says where")
        }
        folder = try CacheFolder(path, onNote: onNote)
        database = try Self.stopping(folder) { folder throws(CacheFault) in try CacheDatabase(folder.database) }
    }

    deinit { database.close() }

    /// The file of the database.
    package var path: String { folder.database }

    /// Counts what there is.
    package func statistics() throws(SluiceError) -> CacheStatistics {
        try Self.stopping(folder) { [database] _ throws(CacheFault) in
            var found = CacheStatistics()
            found.bytes = try database.usedBytes()
            return try CacheFault.catching {
                try database.queue.read { database in
                    let numbers = try Row.fetchOne(
                        database, sql: "SELECT count(*), count(DISTINCT head) FROM answers")
                    found.answers = try numbers?.decode(atIndex: 0) ?? 0
                    found.requests = try numbers?.decode(atIndex: 1) ?? 0
                    let end = "SELECT created FROM answers ORDER BY id"
                    found.oldest = try Int64.fetchOne(database, sql: "\(end) LIMIT 1").map(StoredTime.time)
                    found.newest = try Int64.fetchOne(database, sql: "\(end) DESC LIMIT 1").map(StoredTime.time)
                    let rows = try Row.fetchCursor(
                        database,
                        sql: """
                            SELECT endpoint, base_url, model, count(*) FROM answers JOIN routes ON routes.id = route
                            GROUP BY route ORDER BY count(*) DESC, route
                            """)
                    while let row = try rows.next() {
                        found.routes.append((try CacheRoute(row, from: 0), try row.decode(atIndex: 3)))
                    }
                    return found
                }
            }
        }
    }

    /// Goes through the answers, and ends early when a closure returns false.
    /// - Parameters:
    ///   - newestFirst: Whether the last stored comes first.
    ///   - model: Only answers of this model; nil for all.
    package func forEach(
        newestFirst: Bool = false, model: String? = nil, _ body: (CacheEntry) throws(SluiceError) -> Bool
    ) throws(SluiceError) {
        var edge: Int64 = newestFirst ? .max : 0
        while true {
            // A part at a time: a reader that stays would keep the log of all writers from being taken in.
            let part = try Self.stopping(folder) { [database] _ throws(CacheFault) in
                try database.entries(from: edge, backwards: newestFirst, model: model)
            }
            for entry in part.entries {
                if try !body(entry) { return }
            }
            guard let last = part.last else { return }
            edge = last
        }
    }

    /// Removes the oldest answers until the cache is within limits; returns how many.
    package func prune(_ limits: CacheLimits, now: WallTime) throws(SluiceError) -> Int {
        try Self.stopping(folder) { [database] _ throws(CacheFault) in try database.prune(limits, now: now) }
    }

    /// Removes the answers to requests whose hash begins with these hexadecimal digits; returns how many.
    package func remove(hashPrefix: String) throws(SluiceError) -> Int {
        try Self.stopping(folder) { [database] _ throws(CacheFault) in
            let removed = try database.remove(hashPrefix: hashPrefix)
            try database.shrink()
            return removed
        }
    }

    /// Removes the answers of a model; returns how many.
    package func remove(model: String) throws(SluiceError) -> Int {
        try Self.stopping(folder) { [database] _ throws(CacheFault) in
            let removed = try database.remove(model: model)
            try database.shrink()
            return removed
        }
    }

    /// Removes all answers; returns how many.
    package func clear() throws(SluiceError) -> Int {
        try Self.stopping(folder) { [database] _ throws(CacheFault) in
            let removed = try database.clear()
            try database.shrink()
            return removed
        }
    }

    private static func stopping<Value>(
        _ folder: CacheFolder, _ body: (CacheFolder) throws(CacheFault) -> Value
    ) throws(SluiceError) -> Value {
        do throws(CacheFault) {
            return try body(folder)
        } catch {
            throw SluiceError(.io, "cannot use \(folder.database): \(error.text)")
        }
    }
}

extension CacheDatabase {
    /// How many answers, and about how many bytes of them, are looked at together.
    private static let (part, partBytes) = (500, 4 << 20)

    /// Some answers behind, or before, a number, and the number of the last; damaged ones are left out.
    fileprivate func entries(
        from edge: Int64, backwards: Bool, model: String?
    ) throws(CacheFault) -> (entries: [CacheEntry], last: Int64?) {
        let order =
            backwards
            ? "id < ? AND (? IS NULL OR model = ?) ORDER BY answers.id DESC"
            : "id > ? AND (? IS NULL OR model = ?) ORDER BY answers.id"
        return try CacheFault.catching {
            try queue.read { database in
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT answers.id, hash, sample, endpoint, base_url, model, created, checksum, reply
                        FROM answers JOIN routes ON routes.id = route WHERE answers.\(order) LIMIT \(Self.part)
                        """, arguments: [edge, model, model])
                var entries: [CacheEntry] = []
                var last: Int64?
                var bytes = 0
                while bytes < Self.partBytes, let row = try rows.next() {
                    last = try row.decode(Int64.self, atIndex: 0)
                    guard let entry = try? CacheEntry(row) else { continue }
                    entries.append(entry)
                    bytes += entry.reply.count
                }
                return (entries, last)
            }
        }
    }
}

extension CacheEntry {
    /// Reads hash, sample, endpoint, base_url, model, created, checksum and reply, which follow the number of an answer.
    /// - Throws: ``CacheFault`` if the bytes are not those that were stored.
    fileprivate init(_ row: Row) throws {
        let hash = try row.withUnsafeData(atIndex: 1) { $0?.withUnsafeBytes { RequestHash($0) } }
        let sample = try row.decode(Int.self, atIndex: 2)
        let reply = try row.withUnsafeData(atIndex: 8) { Bytes($0.map { Array($0) } ?? []) }
        let checksum = try row.decode(Int64.self, atIndex: 7)
        guard let hash,
            reply.withUnsafeBytes({ CachedAnswer.checksum(hash, sample, UnsafeRawBufferPointer($0)) }) == checksum
        else { throw CacheFault(.damaged, "an answer is damaged") }
        self.init(
            hash: hash.hex, sample: sample, route: try CacheRoute(row, from: 3),
            created: StoredTime.time(try row.decode(atIndex: 6)), reply: reply)
    }
}

extension CacheRoute {
    /// Reads endpoint, base_url and model, from a column on.
    fileprivate init(_ row: Row, from column: Int) throws {
        self.init(
            endpoint: try row.decode(atIndex: column), base: try row.decode(atIndex: column + 1),
            model: try row.decode(atIndex: column + 2))
    }
}
