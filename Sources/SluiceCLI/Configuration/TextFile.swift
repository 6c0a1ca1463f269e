internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Reads small text files of the user: keys, prompts, configurations.
enum TextFile {
    /// The most that is read, in bytes.
    private static let cap = 16 << 20

    /// The content of a file as text.
    /// - Throws: ``SluiceError`` if it cannot be read, is too large or not UTF-8.
    static func read(_ path: String) throws(SluiceError) -> String {
        guard let file = fopen(UserFolder.expanded(path), "rb") else {
            throw SluiceError(.io, "cannot read \(path): \(String(cString: strerror(errno)).lowercased())")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= cap else { throw SluiceError(.io, "\(path) is larger than 16 MiB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SluiceError(.io, "\(path) is not UTF-8 text")
        }
        return text
    }

    /// Whether there is a file that can be read.
    static func exists(_ path: String) -> Bool { access(UserFolder.expanded(path), R_OK) == 0 }

    /// When a file was last changed; nil if there is none.
    static func changed(_ path: String) -> WallTime? {
        var status = stat()
        guard stat(UserFolder.expanded(path), &status) == 0 else { return nil }
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        return WallTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000)
    }

    /// Whether others than its owner may read it.
    static func isOpenToOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(UserFolder.expanded(path), &status) == 0 && status.st_mode & 0o077 != 0
    }
}
