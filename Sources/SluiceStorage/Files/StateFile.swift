package import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a small file of a state folder.
package enum StateFile {
    /// The content; nil if there is no such file.
    /// - Throws: ``SluiceError`` of code `io` if it cannot be read, or is a link.
    package static func read(_ path: String) throws(SluiceError) -> Bytes? {
        try WholeFile.read(path, followsLinks: false)
    }

    /// Whether there is such a file.
    package static func exists(_ path: String) -> Bool { FileStatus.of(path) != nil }

    /// Whether a process holds the lock of an output.
    package static func isLocked(_ paths: OutputPaths) -> Bool {
        guard let file = try? OpenFile(paths.lock, O_RDONLY | O_NOFOLLOW) else { return false }
        guard flock(file.descriptor, LOCK_SH | LOCK_NB) == 0 else { return true }
        flock(file.descriptor, LOCK_UN)
        return false
    }
}
