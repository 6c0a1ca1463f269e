import GRDB

/// Does to a database what no run does.
func alter(_ path: String, _ sql: String) throws {
    let database = try DatabaseQueue(path: path)
    try database.writeWithoutTransaction { try $0.execute(sql: sql) }
    try database.close()
}

/// Keeps everybody else from writing to a database meanwhile.
func whileWriting(_ path: String, _ body: () -> Void) throws {
    let database = try DatabaseQueue(path: path)
    try database.inTransaction(.immediate) { _ in
        body()
        return .commit
    }
    try database.close()
}
