import GRDB
import SluiceCore

/// What accounts have used of their days: the table, and the rule by which parts are handed out.
enum DayTable {
    static let tables = """
        CREATE TABLE IF NOT EXISTS day_use (
            key TEXT NOT NULL, model TEXT NOT NULL, kind TEXT NOT NULL, share TEXT NOT NULL,
            until INTEGER NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (key, model, kind, share, until));
        CREATE TABLE IF NOT EXISTS salt (value TEXT NOT NULL);
        INSERT INTO salt SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM salt);
        """

    /// No part is larger than this part of what is left, so that several runs can share the rest of a day, and a killed
    /// one does not take it along.
    private static let fraction: Int64 = 16
    /// More than anybody uses in a day, two million dollars: sums of so many stay numbers.
    private static let most: Int64 = 1 << 61

    /// What the hashes of keys begin with in this file.
    static func salt(_ database: Database) throws -> String {
        try String.fetchOne(database, sql: "SELECT value FROM salt") ?? ""
    }

    /// Counts a part, in the transaction of `database`.
    static func take(_ use: DayUse, in database: Database) throws -> DayUse.Granted {
        let now = use.now.nanoseconds / 1_000_000_000
        let counted = try counted(use, now, database)
        let used = sum(counted)
        let room = max(0, use.limit - used)
        let amount = room < use.need ? room : max(use.need, min(use.wanted, room / fraction))
        if amount > 0 { try add(amount, use, use.keys, database) }
        guard amount < use.need else { return DayUse.Granted(amount: amount, spentUntil: nil) }
        var excess = used + use.need - use.limit
        var until = use.until.nanoseconds / 1_000_000_000
        for part in counted {
            excess -= part.amount
            until = part.until
            if excess <= 0 { break }
        }
        return DayUse.Granted(amount: amount, spentUntil: WallTime(nanoseconds: until * 1_000_000_000))
    }

    /// Gives back what was counted and not used; a negative amount is counted in addition.
    static func giveBack(_ amount: Int64, of use: DayUse, in database: Database) throws {
        try add(-amount, use, use.keys, database)
    }

    /// Forgets what has not counted for a week.
    static func clean(_ now: WallTime, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM day_use WHERE until < ?", arguments: [now.nanoseconds / 1_000_000_000 - 7 * 86_400])
    }

    /// What counts at present, by the time when it ceases to, of the key that was used most.
    private static func counted(
        _ use: DayUse, _ now: Int64, _ database: Database
    ) throws -> [(until: Int64, amount: Int64)] {
        var most: [(until: Int64, amount: Int64)] = []
        var largest: Int64 = -1
        for key in use.keys {
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT until, SUM(amount) FROM day_use
                    WHERE key = ? AND model = ? AND kind = ? AND until > ? AND until < ? AND (? = '' OR share IN (?, ''))
                    GROUP BY until ORDER BY until
                    """, arguments: [key, use.model, use.kind, now, StoredTime.end, use.share, use.share])
            let parts = try rows.map { row in
                (until: try row.decode(Int64.self, atIndex: 0), amount: max(0, try row.decode(Int64.self, atIndex: 1)))
            }
            let total = sum(parts)
            if total > largest { (most, largest) = (parts, total) }
        }
        return most
    }

    private static func sum(_ parts: [(until: Int64, amount: Int64)]) -> Int64 {
        parts.reduce(0) { min($0 + min($1.amount, most), most) }
    }

    private static func add(_ amount: Int64, _ use: DayUse, _ keys: [String], _ database: Database) throws {
        let until = use.until.nanoseconds / 1_000_000_000
        for key in keys {
            try database.execute(
                sql: """
                    INSERT INTO day_use (key, model, kind, share, until, amount) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (key, model, kind, share, until) DO UPDATE SET amount = max(0, amount + excluded.amount)
                    """, arguments: [key, use.model, use.kind, use.share, until, amount])
        }
    }
}
