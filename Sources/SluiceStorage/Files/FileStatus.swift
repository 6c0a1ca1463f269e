#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the file system says of a file.
struct FileStatus: Equatable {
    /// What is at a path.
    enum Kind { case regular, folder, link, pipe, other }

    /// What kind of file it is.
    let kind: Kind
    /// The size in bytes.
    let size: Int
    /// The permission bits.
    let mode: mode_t
    /// How many names the file has; 0 once it was deleted.
    let names: Int
    /// When its content was last changed, in nanoseconds since 1970.
    let changed: Int64
    private let device: UInt64
    private let node: UInt64

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        case S_IFIFO: kind = .pipe
        default: kind = .other
        }
        size = Int(status.st_size)
        mode = status.st_mode & 0o7777
        names = Int(status.st_nlink)
        #if canImport(Glibc)
            changed = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        #else
            changed = Int64(status.st_mtimespec.tv_sec) * 1_000_000_000 + Int64(status.st_mtimespec.tv_nsec)
        #endif
        device = UInt64(truncatingIfNeeded: status.st_dev)
        node = UInt64(truncatingIfNeeded: status.st_ino)
    }

    /// The file at a path, links followed; nil if there is none that can be seen.
    static func of(_ path: String) -> FileStatus? {
        var status = stat()
        return stat(path, &status) == 0 ? FileStatus(status) : nil
    }

    /// The file or link at a path; nil if there is none that can be seen.
    static func ofLink(_ path: String) -> FileStatus? {
        var status = stat()
        return lstat(path, &status) == 0 ? FileStatus(status) : nil
    }

    /// Whether both are one file, by device and number.
    func isSameFile(as other: FileStatus) -> Bool { device == other.device && node == other.node }
}
