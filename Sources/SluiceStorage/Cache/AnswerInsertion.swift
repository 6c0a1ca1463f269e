import GRDB
import GRDBSQLite
import SluiceCore

/// Stores one answer after the other with one prepared statement; a sample that is there already stays as it is.
///
/// Each step speaks to SQLite itself, as ``SampleQuery`` does: to hand over arguments by way of GRDB copies every reply.
struct AnswerInsertion {
    private enum Parameter {
        static let head: Int32 = 1
        static let sample: Int32 = 2
        static let hash: Int32 = 3
        static let route: Int32 = 4
        static let created: Int32 = 5
        static let checksum: Int32 = 6
        static let reply: Int32 = 7
    }

    private let statement: Statement

    /// Takes the connection's own statement, which only one insertion may use at a time.
    init(_ database: Database) throws {
        statement = try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO answers (head, sample, hash, route, created, checksum, reply)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
    }

    /// Stores an answer.
    /// - Parameters:
    ///   - route: The number of who gave it.
    ///   - created: Seconds since 1970.
    /// - Throws: `DatabaseError` if the database cannot be written.
    func insert(_ answer: CachedAnswer, route: Int64, created: Int64) throws {
        let handle = statement.sqliteStatement
        defer {
            sqlite3_reset(handle)
            // The bytes are only lent.
            sqlite3_clear_bindings(handle)
        }
        sqlite3_bind_int64(handle, Parameter.head, answer.hash.head)
        sqlite3_bind_int64(handle, Parameter.sample, Int64(answer.sample))
        sqlite3_bind_int64(handle, Parameter.route, route)
        sqlite3_bind_int64(handle, Parameter.created, created)
        sqlite3_bind_int64(handle, Parameter.checksum, answer.checksum)
        let code = answer.hash.withBytes { hash in
            answer.reply.withUnsafeBytes { reply in
                let codes = [
                    Self.bind(hash, to: Parameter.hash, handle),
                    Self.bind(UnsafeRawBufferPointer(reply), to: Parameter.reply, handle),
                ]
                return codes.first { $0 != SQLITE_OK } ?? sqlite3_step(handle)
            }
        }
        guard code == SQLITE_DONE else {
            let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    private static func bind(_ bytes: UnsafeRawBufferPointer, to parameter: Int32, _ handle: SQLiteStatement) -> Int32 {
        // Bytes without an address would be NULL.
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, parameter, 0) }
        return sqlite3_bind_blob64(handle, parameter, start, sqlite3_uint64(bytes.count), nil)
    }
}
