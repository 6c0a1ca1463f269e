package import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a file that is needed as a whole.
package enum WholeFile {
    /// The content of a file; nil if there is none of that name.
    /// - Parameters:
    ///   - followsLinks: Whether the path may be a link.
    ///   - limit: The most bytes that are read.
    /// - Throws: ``SluiceError`` of code `io` if it cannot be read or has more than `limit` bytes.
    package static func read(
        _ path: String, followsLinks: Bool = true, limit: Int = 1 << 30
    ) throws(SluiceError) -> Bytes? {
        do throws(SystemError) {
            let file = try OpenFile(path, followsLinks ? O_RDONLY : O_RDONLY | O_NOFOLLOW)
            var content: [UInt8] = []
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
            defer { chunk.deallocate() }
            while case let count = try file.read(into: chunk), count > 0 {
                content += chunk[..<count]
                guard content.count <= limit else { throw SystemError(number: EFBIG) }
            }
            return Bytes(content)
        } catch {
            if error.number == ENOENT { return nil }
            throw error.stopping("read", path)
        }
    }
}
