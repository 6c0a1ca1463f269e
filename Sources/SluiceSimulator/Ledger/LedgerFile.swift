import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file at the end of the ledger; used by one thread at a time.
struct LedgerFile: Sendable {
    private let path: String
    private let descriptor: CInt

    /// Opens a file to append to, and creates it if it is missing.
    init(path: String) throws(SluiceError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure("cannot open the ledger", path: path) }
    }

    /// Appends a line per entry.
    func append(_ entries: [LedgerEntry]) throws(SluiceError) {
        var lines: [UInt8] = []
        lines.reserveCapacity(entries.count * 192)
        for entry in entries { entry.appendLine(to: &lines) }
        var written = 0
        while written < lines.count {
            let count = lines.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                throw Self.failure("cannot write the ledger", path: path)
            }
        }
    }

    func close() {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    private static func failure(_ what: String, path: String) -> SluiceError {
        SluiceError(.io, "\(what): \(String(cString: strerror(errno)))", file: path)
    }
}
