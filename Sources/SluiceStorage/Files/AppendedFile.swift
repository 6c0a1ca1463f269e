#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that is written to its end through a buffer of 1 MiB, for the rewrites at the start of a run.
struct AppendedFile {
    private let file: OpenFile
    private var buffer: [UInt8] = []
    private static var capacity: Int { 1 << 20 }

    /// Opens or creates a file of mode 0600 to append to; with `fresh` it must not exist yet.
    ///
    /// A line that a crash has cut off at its end is closed, so that what follows does not join it.
    init(_ path: String, fresh: Bool = false) throws(SystemError) {
        file = try OpenFile(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | (fresh ? O_EXCL : 0))
        guard fchmod(file.descriptor, 0o600) == 0 else { throw .last }
        let size = try file.status().size
        var last: UInt8 = 0
        if size > 0, pread(file.descriptor, &last, 1, off_t(size - 1)) == 1, last != 0x0A { buffer.append(0x0A) }
    }

    /// Adds bytes.
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) throws(SystemError) {
        if buffer.count + bytes.count > Self.capacity { try flush() }
        if bytes.count > Self.capacity {
            try file.write(UnsafeRawBufferPointer(bytes))
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    /// Adds a line; its line feed is added, too.
    mutating func appendLine(_ line: UnsafeBufferPointer<UInt8>) throws(SystemError) {
        try append(line)
        buffer.append(0x0A)
    }

    /// Writes out what is in the buffer and makes the file durable; nothing is durable before.
    mutating func finish() throws(SystemError) {
        try flush()
        try file.sync()
    }

    /// Gives the file the permissions of another.
    func adopt(_ mode: mode_t) throws(SystemError) {
        guard fchmod(file.descriptor, mode) == 0 else { throw .last }
    }

    private mutating func flush() throws(SystemError) {
        try buffer.withUnsafeBufferPointer { bytes throws(SystemError) in try file.write(UnsafeRawBufferPointer(bytes))
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
