package import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the answers go.
package enum OutputTarget: Sendable, Equatable {
    /// A file that is continued and survives a crash; with its errors file and state folder.
    case file(OutputPaths)
    /// An open descriptor that stays the caller's, such as standard output; nothing is remembered.
    case stream(Int32)

    /// Standard output.
    package static let standardOutput = OutputTarget.stream(STDOUT_FILENO)

    /// The files of an output that survives a crash; nil for a stream.
    package var paths: OutputPaths? { if case .file(let paths) = self { paths } else { nil } }

    /// The target for a path that the user gave.
    /// - Throws: ``SluiceError`` of code `configuration` if it cannot be an output.
    package init(path: String, form: OutputForm = OutputForm(.rows)) throws(SluiceError) {
        if let status = FileStatus.of(path), status.kind != (form.kind == .folder ? .folder : .regular) {
            throw SluiceError(
                .configuration,
                "cannot continue \(path): it is not a \(form.kind == .folder ? "folder" : "regular file")",
                hint: form.kind == .folder ? nil : "write to standard output with -o - and redirect that")
        }
        self = .file(try OutputPaths(path, hasJournal: !form.isDurable))
    }
}
