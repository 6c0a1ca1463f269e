#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is done with folders: make one, make its names durable, rename and remove what is in it.
package enum Folder {
    /// Makes a folder that only its owner can enter, whatever the umask says; returns whether it was new.
    static func create(_ path: String) throws(SystemError) -> Bool {
        if mkdir(path, 0o700) == 0 {
            guard chmod(path, 0o700) == 0 else { throw .last }
            return true
        }
        guard errno == EEXIST else { throw .last }
        // A link here could lead the run's files into somebody else's folder.
        guard FileStatus.ofLink(path)?.kind == .folder else { throw SystemError(number: ENOTDIR) }
        return false
    }

    /// Makes the names in a folder durable: creations, renames and removals.
    static func sync(_ path: String) throws(SystemError) {
        let folder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        do {
            try folder.sync()
        } catch  where error.number == EINVAL || error.number == ENOTSUP || error.number == EROFS {
            // Some network file systems cannot sync a folder; they make names durable by themselves.
        }
    }

    /// The names of what is in a folder, in no order.
    static func names(_ path: String) throws(SystemError) -> [String] {
        guard let folder = opendir(path) else { throw .last }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }

    /// Gives a file another name, replacing what had that name.
    static func rename(_ path: String, to other: String) throws(SystemError) {
        #if canImport(Glibc)
            guard Glibc.rename(path, other) == 0 else { throw .last }
        #else
            guard Darwin.rename(path, other) == 0 else { throw .last }
        #endif
    }

    /// Removes a file; that it is not there is fine.
    static func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .last }
    }

    /// Removes a folder and the files in it, as far as that can be done.
    package static func clear(_ path: String) {
        for name in (try? names(path)) ?? [] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
