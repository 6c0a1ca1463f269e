/// What tells one state of a file from another without reading it: which file it is, its size, when it was changed.
package struct FileStamp: Sendable, Equatable {
    private let status: FileStatus

    /// The stamp of the file at a path, links followed; nil if there is none that can be seen.
    package init?(_ path: String) {
        guard let status = FileStatus.of(path) else { return nil }
        self.status = status
    }

    /// Whether it is a file on a disk, which can be read more than once.
    package var isRegular: Bool { status.kind == .regular }
}
