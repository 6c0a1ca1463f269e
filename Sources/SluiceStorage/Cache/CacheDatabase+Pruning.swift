import GRDB
import SluiceCore

extension CacheDatabase {
    /// How much is removed in one transaction, so that other processes come to their turn.
    private static let step = 5000

    /// Removes the oldest answers until the cache is within limits; returns how many.
    ///
    /// Answers are numbered in the order in which they were stored.
    func prune(_ limits: CacheLimits, now: WallTime) throws(CacheFault) -> Int {
        var removed = 0
        if let age = limits.age {
            let oldest = (now.nanoseconds - age.nanoseconds) / 1_000_000_000
            removed += try removeBelow("SELECT id FROM answers WHERE created >= ? ORDER BY id LIMIT 1", [oldest])
        }
        if let most = limits.count, case let excess = try number("SELECT count(*) FROM answers") - most, excess > 0 {
            removed += try removeBelow("SELECT id FROM answers ORDER BY id LIMIT 1 OFFSET ?", [excess])
        }
        while let most = limits.bytes, case let used = try usedBytes(), used > most {
            let count = try number("SELECT count(*) FROM answers")
            guard count > 0 else { break }
            // Answers differ in size, so the last ones are found in a few rounds.
            let excess = min(count, max(1, Int(Double(count) * Double(used - most) / Double(used))))
            removed += try removeBelow("SELECT id FROM answers ORDER BY id LIMIT 1 OFFSET ?", [excess])
        }
        if removed > 0 { try shrink() }
        return removed
    }

    /// Removes answers by hash; returns how many.
    /// - Parameter prefix: The first hexadecimal digits, lower case.
    func remove(hashPrefix prefix: String) throws(CacheFault) -> Int {
        try removeWhere("lower(hex(hash)) LIKE ? || '%'", [prefix])
    }

    /// Removes the answers of a model; returns how many.
    func remove(model: String) throws(CacheFault) -> Int {
        try removeWhere("route IN (SELECT id FROM routes WHERE model = ?)", [model])
    }

    /// Removes all answers; returns how many.
    func clear() throws(CacheFault) -> Int { try removeWhere("1", []) }

    /// Removes the answers before the one that a query finds; if it finds none, all that there are now.
    private func removeBelow(_ sql: String, _ arguments: StatementArguments) throws(CacheFault) -> Int {
        // In one look, so that what other processes store meanwhile stays.
        let end: Int64? = try CacheFault.catching {
            try queue.read { database in
                try Int64.fetchOne(
                    database, sql: "SELECT coalesce((\(sql)), (SELECT max(id) + 1 FROM answers))", arguments: arguments)
            }
        }
        guard let end else { return 0 }
        return try removeWhere("id < ?", [end])
    }

    private func removeWhere(_ condition: String, _ arguments: StatementArguments) throws(CacheFault) -> Int {
        var removed = 0
        var after: Int64 = 0
        while true {
            // Each part begins behind the last one that was removed: one pass over the table in all.
            let part: (count: Int, last: Int64) = try CacheFault.catching {
                try queue.write { database in
                    let ids = try Int64.fetchAll(
                        database,
                        sql: "SELECT id FROM answers WHERE id > ? AND \(condition) ORDER BY id LIMIT \(Self.step)",
                        arguments: [after] + arguments)
                    let statement = try database.cachedStatement(sql: "DELETE FROM answers WHERE id = ?")
                    for id in ids { try statement.execute(arguments: [id]) }
                    return (ids.count, ids.last ?? 0)
                }
            }
            removed += part.count
            after = part.last
            if part.count < Self.step { return removed }
        }
    }

    /// Gives free pages back to the file system, some at a time.
    func shrink() throws(CacheFault) {
        try CacheFault.catching {
            var free = Int.max
            while true {
                let left = try queue.writeWithoutTransaction { database in
                    // Each row of this pragma is a page that was moved.
                    _ = try Row.fetchCursor(database, sql: "PRAGMA incremental_vacuum(2000)").forEach { _ in }
                    return try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                }
                guard left > 0, left < free else { return }
                free = left
            }
        }
    }
}
