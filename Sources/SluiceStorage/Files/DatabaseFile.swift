#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file of an SQLite database, and the lock that every process shares which has the database open.
///
/// Who is alone with it may put it in order, and set it aside if it is damaged. SQLite forbids to rename a database that
/// another process has open (sqlite.org/howtocorrupt.html, section 4.3).
final class DatabaseFile: Sendable {
    let path: String
    private let lock: OpenFile

    /// The log of the database, which is empty or absent after a process that closed it.
    var log: String { path + "-wal" }

    /// Opens the lock, which is made if it is not there, and takes nothing yet.
    /// - Parameter lock: The path of the lock.
    init(_ path: String, lock: String) throws(SystemError) {
        self.path = path
        self.lock = try OpenFile(lock, O_RDWR | O_CREAT | O_NOFOLLOW)
    }

    deinit { leave() }

    /// Gives the lock back; nothing of this process may have the database open.
    func leave() {
        // Not by closing it alone: a child that is about to execute its program has a copy of the descriptor.
        flock(lock.descriptor, LOCK_UN)
    }

    /// Takes the lock alone if nobody has it, and otherwise with the others, for whom it waits while one is alone; returns
    /// whether it is alone.
    func enter() throws(SystemError) -> Bool {
        if try take(LOCK_EX | LOCK_NB) { return true }
        try share()
        return false
    }

    /// Lets others in; what was found out while alone need not hold any more.
    func share() throws(SystemError) { _ = try take(LOCK_SH) }

    /// Runs a closure if nobody else has the lock, and shares it afterwards; nil if somebody has.
    ///
    /// Nothing of this process may have the database open.
    func whileAlone<Value>(_ body: () throws -> Value) throws -> Value? {
        // Also where it fails: the system gives up the shared lock before it tries for the other one (flock(2)).
        defer { try? share() }
        return try take(LOCK_EX | LOCK_NB) ? try body() : nil
    }

    /// Makes the file for its owner only; SQLite gives its other files the mode of this one.
    func make() throws(SystemError) {
        let file = try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        guard fchmod(file.descriptor, 0o600) == 0 else { throw .last }
    }

    /// Gives a damaged database, which nobody else may have open, and its log the next free name; returns that.
    func setAside() throws(SystemError) -> String {
        var number = 1
        while FileStatus.ofLink("\(path).damaged-\(number)") != nil { number += 1 }
        let name = "\(path).damaged-\(number)"
        // The log first: with a new database of the old name it would be taken for that one's.
        if FileStatus.of(log) != nil { try Folder.rename(log, to: name + "-wal") }
        try Folder.remove(path + "-shm")
        try Folder.rename(path, to: name)
        return name
    }

    private func take(_ kind: Int32) throws(SystemError) -> Bool {
        while flock(lock.descriptor, kind) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno != EINTR { throw .last }
        }
        return true
    }
}
