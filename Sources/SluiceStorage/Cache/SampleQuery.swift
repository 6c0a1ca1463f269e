import GRDB
import GRDBSQLite
import SluiceCore

/// Looks for one sample after the other with one prepared statement.
///
/// Each step speaks to SQLite itself: to make a row of GRDB of what is found costs twice as much as to find it.
struct SampleQuery {
    /// What was found for a sample.
    enum Found {
        case reply(Bytes)
        /// There is an entry, but its bytes are not those that were stored.
        case damaged(id: Int64)
    }

    private enum Column {
        static let id: Int32 = 0
        static let hash: Int32 = 1
        static let checksum: Int32 = 2
        static let reply: Int32 = 3
    }

    private let statement: Statement

    /// Takes the connection's own statement, which only one query may use at a time.
    init(_ database: Database) throws {
        statement = try database.cachedStatement(
            sql: "SELECT id, hash, checksum, reply FROM answers WHERE head = ? AND sample = ?")
    }

    /// The sample of a request; nil if it is not stored.
    /// - Throws: `DatabaseError` if the database cannot be read.
    func find(_ hash: RequestHash, _ sample: Int) throws -> Found? {
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        sqlite3_bind_int64(handle, 1, hash.head)
        sqlite3_bind_int64(handle, 2, Int64(sample))
        switch sqlite3_step(handle) {
        case SQLITE_DONE: return nil
        case SQLITE_ROW: break
        case let code:
            let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
        guard RequestHash(Self.bytes(handle, Column.hash)) == hash else { return nil }
        let id = sqlite3_column_int64(handle, Column.id)
        guard sqlite3_column_type(handle, Column.reply) == SQLITE_BLOB else { return .damaged(id: id) }
        let reply = Self.bytes(handle, Column.reply)
        guard CachedAnswer.checksum(hash, sample, reply) == sqlite3_column_int64(handle, Column.checksum) else {
            return .damaged(id: id)
        }
        return .reply(Bytes(Array(reply)))
    }

    /// Lends the bytes of a column, which are valid until the next step.
    private static func bytes(_ handle: SQLiteStatement, _ column: Int32) -> UnsafeRawBufferPointer {
        // In this order: to ask for the bytes may change what the length is.
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }
}
