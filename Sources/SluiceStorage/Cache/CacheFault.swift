import GRDB
import SluiceCore

/// Why the database of a cache could not be used.
struct CacheFault: Error {
    /// What follows from it.
    enum Kind {
        /// What is in the file is no cache, or not any more.
        case damaged
        /// It is somebody else's database, which stays as it is.
        case foreign
        /// A newer program has written it.
        case newer
        /// An older program has it open, and would not know the tables of this one.
        case older
        /// Another process held it for too long.
        case busy
        /// The disk is full, fails, or does not allow it.
        case disk
    }

    let kind: Kind
    /// One line, lower case.
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    init(_ error: any Error) {
        if let fault = error as? CacheFault {
            self = fault
            return
        }
        if error is RowDecodingError {
            self.init(.damaged, "it holds what no cache does")
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.disk, "\(error)")
            return
        }
        let text = (error.message ?? "sqlite error \(error.resultCode.rawValue)").lowercased()
        switch error.resultCode {
        // A statement that does not fit the tables means that these are not ours.
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_MISMATCH: self.init(.damaged, text)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.busy, text)
        default: self.init(.disk, text)
        }
    }

    /// Runs database work, whose errors have no type.
    static func catching<Value>(_ body: () throws -> Value) throws(CacheFault) -> Value {
        do {
            return try body()
        } catch {
            throw CacheFault(error)
        }
    }
}
