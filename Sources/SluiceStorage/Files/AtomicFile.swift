package import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Replaces a small file as a whole: a reader, or the next run after a crash, sees the old or the new content.
package enum AtomicFile {
    /// Writes a file of mode 0600 beside its final name, makes it durable and renames it.
    /// - Throws: ``SluiceError`` of code `disk`; the old content is then untouched.
    package static func write(_ bytes: [UInt8], to path: String) throws(SluiceError) {
        do {
            let temporary = path + ".tmp"
            try Folder.remove(temporary)
            try fill(temporary, bytes)
            try Folder.rename(temporary, to: path)
            try Folder.sync(RealPath.split(path).folder)
        } catch {
            throw error.stopping("write", path, code: .disk)
        }
    }

    private static func fill(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        guard fchmod(file.descriptor, 0o600) == 0 else { throw .last }
        try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
            try file.write(UnsafeRawBufferPointer(buffer))
        }
        try file.sync()
    }
}
