import Glibc

/// A folder of its own for a test, removed with everything in it.
package final class TemporaryFolder: Sendable {
    /// Where it is.
    package let path: String

    /// Makes it below `/tmp`.
    package init() {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let made = mkdtemp(base) else { fatalError("no temporary folder") }
            return String(cString: made)
        }
    }

    deinit { Self.remove(path) }

    /// The path of a file in it.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Where every regular file in the folder is, those in folders below it included.
    package var files: [String] { Self.files(path) }

    /// The names in the folder, or in one below it, sorted.
    package func names(in folder: String = ".") -> [String] { Self.names(path + "/" + folder).sorted() }

    private static func files(_ folder: String) -> [String] {
        names(folder).flatMap { name -> [String] in
            let path = folder + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0 else { return [] }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: return files(path)
            case S_IFREG: return [path]
            default: return []
            }
        }
    }

    private static func names(_ path: String) -> [String] {
        // Never through a link, also if the folder became one since it was looked at.
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0, let folder = fdopendir(descriptor) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func remove(_ path: String) {
        // A link is removed, never followed: what it leads to is not the test's.
        var status = stat()
        guard path.hasPrefix("/tmp/sluice-test-"), lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in names(path) where !name.isEmpty && name != "." && name != ".." { remove(path + "/" + name) }
        rmdir(path)
    }
}
