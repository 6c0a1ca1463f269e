import GRDB

/// Reads in one transaction, whose statements the connection keeps prepared.
///
/// For a group of a dozen look-ups GRDB's own `read`, which prepares four statements each time, costs as much as
/// what it brackets.
enum Snapshot {
    /// Calls a closure that sees one state of the database throughout.
    /// - Throws: `DatabaseError` if the database cannot be read, and what the closure throws.
    static func read(_ database: Database, _ body: () throws -> Void) throws {
        try database.cachedStatement(sql: "BEGIN DEFERRED").execute()
        do {
            try body()
        } catch {
            // What went wrong may have ended the transaction already.
            if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
            throw error
        }
        try database.cachedStatement(sql: "COMMIT").execute()
    }
}
