import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the rows come from, and how they are told apart.
package struct InputSource: Sendable, Equatable {
    /// Where bytes come from.
    package enum Place: Sendable, Equatable {
        /// A file, or a named pipe.
        case file(String)
        /// An open descriptor that stays the caller's.
        case descriptor(Int32)
        /// A folder whose files are a row each.
        case folder(String)
    }

    /// Where the bytes come from.
    package let place: Place
    /// How they are cut into rows; of no meaning for a folder.
    package var format: InputFormat
    /// The part of the rows that is read; nil for all.
    package var shard: Shard?
    /// The encoding of the text, as `iconv` names it; nil for UTF-8.
    package var encoding: String?

    /// A source of rows.
    package init(
        _ place: Place, format: InputFormat = .lines, shard: Shard? = nil, encoding: String? = nil
    ) {
        self.place = place
        self.format = format
        self.shard = shard
        self.encoding = encoding
    }

    /// A file in the format that its name suggests, or a named pipe.
    package static func file(_ path: String) -> InputSource {
        InputSource(.file(path), format: InputFormat(path: path))
    }

    /// An open descriptor that stays the caller's.
    package static func descriptor(_ number: Int32) -> InputSource { InputSource(.descriptor(number)) }

    /// Standard input.
    package static let standardInput = InputSource.descriptor(STDIN_FILENO)

    /// What people call it: the path, or `stdin`.
    package var name: String {
        switch place {
        case .file(let path), .folder(let path): path
        case .descriptor(STDIN_FILENO): "stdin"
        case .descriptor(let number): "descriptor \(number)"
        }
    }

    /// Whether it can be read twice: once to count and compare before anything is sent, once to send.
    package var isScannable: Bool {
        switch place {
        case .file(let path): FileStatus.of(path)?.kind == .regular
        case .folder: true
        case .descriptor: false
        }
    }

    /// Whether it is one file of bytes rather than many.
    var hasBytes: Bool { if case .folder = place { false } else { true } }

    /// The size in bytes, as far as it is known.
    var size: Int {
        guard case .file(let path) = place else { return 0 }
        return FileStatus.of(path)?.size ?? 0
    }

    /// Whether it is a pipe with a name.
    var isPipe: Bool {
        guard case .file(let path) = place else { return false }
        return FileStatus.of(path)?.kind == .pipe
    }

    /// The same rows in a copy of the bytes.
    func copied(to path: String) -> InputSource {
        InputSource(.file(path), format: format, shard: shard, encoding: encoding)
    }

    /// Opens it.
    func open() throws(SluiceError) -> OpenFile {
        switch place {
        case .file(let path):
            do throws(SystemError) {
                if FileStatus.of(path)?.kind == .folder {
                    throw SystemError(number: EISDIR)
                }
                return try OpenFile(path, O_RDONLY)
            } catch {
                guard error.number == EISDIR else { throw error.stopping("read", path) }
                throw SluiceError(
                    .io, "cannot read \(path): it is a folder",
                    hint: "--in-dir \(path) --out-dir DIR makes a row of each file")
            }
        case .folder(let path):
            do throws(SystemError) {
                return try OpenFile(path, O_RDONLY | O_DIRECTORY)
            } catch {
                throw error.stopping("read", path)
            }
        case .descriptor(let number):
            return OpenFile(borrowing: number, named: name)
        }
    }
}
