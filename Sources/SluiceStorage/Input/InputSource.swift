import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the rows come from.
package enum InputSource: Sendable, Equatable {
    /// A file, or a named pipe.
    case file(String)
    /// An open descriptor that stays the caller's.
    case descriptor(Int32)

    /// Standard input.
    package static let standardInput = InputSource.descriptor(STDIN_FILENO)

    /// What people call it: the path, or `stdin`.
    package var name: String {
        switch self {
        case .file(let path): path
        case .descriptor(STDIN_FILENO): "stdin"
        case .descriptor(let number): "descriptor \(number)"
        }
    }

    /// Whether it can be read twice: once to count and compare before anything is sent, once to send.
    package var isScannable: Bool {
        guard case .file(let path) = self else { return false }
        return FileStatus.of(path)?.kind == .regular
    }

    /// Whether it is a pipe with a name.
    var isPipe: Bool {
        guard case .file(let path) = self else { return false }
        return FileStatus.of(path)?.kind == .pipe
    }

    /// Opens it.
    func open() throws(SluiceError) -> OpenFile {
        switch self {
        case .file(let path):
            do throws(SystemError) {
                if FileStatus.of(path)?.kind == .folder { throw SystemError(number: EISDIR) }
                return try OpenFile(path, O_RDONLY)
            } catch {
                throw error.stopping("read", path)
            }
        case .descriptor(let number):
            return OpenFile(borrowing: number, named: name)
        }
    }
}
