import GRDB

/// The tables of a cache, and the way to them from those of every earlier version.
///
/// `PRAGMA user_version` is the number of steps that were taken; a step is never changed, only added.
package enum CacheSchema {
    /// `Sluc`, in `PRAGMA application_id`: tells a cache from somebody else's database.
    private static let application = 0x536C_7563

    /// What leads from each version to the next.
    ///
    /// An index on whole hashes would be three times as large, and random inserts touch all of it; so it has their first
    /// eight bytes, and the rest is compared in the row.
    package static let steps = [
        """
        CREATE TABLE routes (
            id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, base_url TEXT NOT NULL, model TEXT NOT NULL,
            UNIQUE (endpoint, base_url, model));
        CREATE TABLE answers (
            id INTEGER PRIMARY KEY, head INTEGER NOT NULL, sample INTEGER NOT NULL, hash BLOB NOT NULL,
            route INTEGER NOT NULL REFERENCES routes (id), created INTEGER NOT NULL, checksum INTEGER NOT NULL,
            reply BLOB NOT NULL);
        CREATE UNIQUE INDEX answers_by_hash ON answers (head, sample);
        """
    ]

    /// Whether a database is a cache, or nothing yet.
    static func isOurs(_ database: Database) throws -> Bool {
        let owner = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        if owner == application { return true }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        return try version == 0 && Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
    }

    /// Brings a database to the last version, in one transaction.
    /// - Parameter isAlone: Whether nobody else has it open; only then is it changed.
    /// - Throws: ``CacheFault`` if it is no cache, or one of a newer version, or of an older one and in use.
    static func migrate(_ database: Database, steps: [String], isAlone: Bool) throws {
        try database.inTransaction(.immediate) {
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard try isOurs(database) else { throw CacheFault(.foreign, "it is not a cache of sluice") }
            guard version >= 0 else { throw CacheFault(.damaged, "the cache has version \(version)") }
            guard version <= steps.count else {
                throw CacheFault(.newer, "the cache has version \(version), and this program knows \(steps.count)")
            }
            guard version == steps.count || isAlone else {
                throw CacheFault(.older, "another sluice of an older version uses it")
            }
            for step in steps[version...] { try database.execute(sql: step) }
            if version < steps.count {
                try database.execute(sql: "PRAGMA user_version = \(steps.count)")
                try database.execute(sql: "PRAGMA application_id = \(application)")
            }
            return .commit
        }
    }
}
