import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An open file, closed when it goes away; every call retries when a signal interrupts it.
final class OpenFile: Sendable {
    /// The descriptor, for calls that this type does not wrap.
    let descriptor: Int32
    /// The name the file was opened by, for messages.
    let path: String
    private let closes: Bool

    /// Opens a file with the flags of `open(2)`; `O_CLOEXEC` is added.
    ///
    /// A file that is created gets mode 0600, whatever the umask says.
    init(_ path: String, _ flags: Int32) throws(SystemError) {
        var opened: Int32
        repeat { opened = open(path, flags | O_CLOEXEC, 0o600) } while opened < 0 && errno == EINTR
        guard opened >= 0 else { throw .last }
        descriptor = opened
        self.path = path
        closes = true
    }

    /// Borrows a descriptor that somebody else closes, such as standard input.
    init(borrowing descriptor: Int32, named path: String) {
        self.descriptor = descriptor
        self.path = path
        closes = false
    }

    deinit {
        if closes { close(descriptor) }
    }

    /// Reads what there is, at most a buffer full; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            if errno != EINTR { throw .last }
        }
    }

    /// Reads the line that begins at an offset, without its line feed; wherever reading has come to.
    func line(at offset: Int) throws(SystemError) -> [UInt8] {
        var line: [UInt8] = []
        // Most lines are short; a long one goes on in larger steps.
        var step = 4096
        while true {
            let (bytes, isWhole) = try withUnsafeTemporaryAllocation(byteCount: step, alignment: 16) {
                chunk throws(SystemError) -> ([UInt8], Bool) in
                var count: Int
                repeat {
                    count = pread(descriptor, chunk.baseAddress, chunk.count, off_t(offset + line.count))
                } while count < 0 && errno == EINTR
                guard count > 0 else { throw count < 0 ? .last : SystemError(number: EIO) }
                let end = chunk[..<count].firstIndex(of: 0x0A)
                return (Array(chunk[..<(end ?? count)]), end != nil)
            }
            line.append(contentsOf: bytes)
            if isWhole { return line }
            step = 256 << 10
        }
    }

    /// Writes once and returns how many bytes the system took, perhaps fewer than given.
    func writeSome(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            #else
                let count = Darwin.write(descriptor, bytes.baseAddress, bytes.count)
            #endif
            if count >= 0 { return count }
            if errno != EINTR { throw .last }
        }
    }

    /// Writes all bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try writeSome(rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Makes the content durable, and its length, but not the times of the file.
    func syncData() throws(SystemError) {
        #if canImport(Glibc)
            while fdatasync(descriptor) != 0 { if errno != EINTR { throw .last } }
        #else
            // On Darwin only F_FULLFSYNC reaches the medium.
            while fcntl(descriptor, F_FULLFSYNC) == -1 { if errno != EINTR { throw .last } }
        #endif
    }

    /// Makes the file durable with all its attributes.
    func sync() throws(SystemError) {
        #if canImport(Glibc)
            while fsync(descriptor) != 0 { if errno != EINTR { throw .last } }
        #else
            try syncData()
        #endif
    }

    /// Cuts the file off behind `size` bytes.
    func truncate(to size: Int) throws(SystemError) {
        while ftruncate(descriptor, off_t(size)) != 0 { if errno != EINTR { throw .last } }
    }

    /// Where the file lives, how large it is, how many names it has.
    func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        return FileStatus(status)
    }
}
