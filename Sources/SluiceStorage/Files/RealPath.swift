import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The one name of a file: absolute, links resolved, so that two names of one output collide.
enum RealPath {
    /// Resolves the path of a file that need not exist yet; its folder must.
    static func resolve(_ path: String) throws(SluiceError) -> String {
        guard !path.isEmpty else { throw SluiceError(.configuration, "the output has no name") }
        var path = path
        // A link to a file that does not exist yet is followed by hand: realpath refuses it.
        for _ in 0..<40 {
            if let found = real(path) { return found }
            let (folder, name) = split(path)
            guard let folder = real(folder) else {
                throw SluiceError(
                    .configuration, "cannot write \(path): there is no folder \(folder)",
                    hint: "create the folder first")
            }
            path = folder == "/" ? "/" + name : folder + "/" + name
            guard let target = link(path) else { return path }
            path = target.hasPrefix("/") ? target : folder + "/" + target
        }
        throw SluiceError(.configuration, "cannot write \(path): too many links")
    }

    /// The folder and the name of a path.
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return (folder, String(path[path.index(after: slash)...]))
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func link(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let count = readlink(path, base, Int(PATH_MAX))
            guard count > 0 else { return nil }
            base[count] = 0
            return String(cString: base)
        }
    }
}
