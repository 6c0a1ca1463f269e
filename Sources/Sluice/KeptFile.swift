public import SluiceCore
internal import SluiceStorage

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Writes a small file so that there is no moment at which it is half there.
public enum KeptFile {
    /// Writes a file and makes the folders that it is in.
    /// - Throws: ``SluiceError`` if that cannot be done.
    public static func write(_ content: Bytes, to path: String) throws(SluiceError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for end in parts.indices.dropFirst() where parts[..<end].last?.isEmpty == false {
            // That it is there already is fine; any other trouble shows when the file is written.
            mkdir(parts[..<end].joined(separator: "/"), 0o755)
        }
        try AtomicFile.write(content.array, to: path)
    }
}
