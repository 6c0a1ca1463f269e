#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the system's gzip makes of bytes.
enum Unpacked {
    /// The unpacked bytes, or nil if gzip finds something wrong.
    static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        var template = Array("/tmp/sluice-test-gzip-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let written = write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard written == bytes.count, let pipe = popen("gzip -dc < \(path) 2>/dev/null", "r") else { return nil }
        var unpacked: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { unpacked += chunk[..<count] }
        return pclose(pipe) == 0 ? unpacked : nil
    }
}
