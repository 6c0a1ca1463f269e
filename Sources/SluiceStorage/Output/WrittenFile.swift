import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One file of the writer thread: knows how long it is and holds whole lines only.
struct WrittenFile {
    let file: OpenFile
    /// Whether it is a stream, which can be neither synced nor cut.
    let isStream: Bool
    private var size = 0
    private var needsSync = false

    /// Opens a file to append to; a new one gets mode 0600 and its name is made durable.
    init(_ path: String) throws(SystemError) {
        let flags = O_WRONLY | O_APPEND | O_NOFOLLOW
        if let existing = try Self.existing(path, flags) {
            file = existing
        } else {
            file = try OpenFile(path, flags | O_CREAT)
            guard fchmod(file.descriptor, 0o600) == 0 else { throw .last }
            try Folder.sync(RealPath.split(path).folder)
        }
        isStream = false
        size = try file.status().size
    }

    /// Writes to a descriptor that stays the caller's.
    init(stream descriptor: Int32) {
        file = OpenFile(borrowing: descriptor, named: descriptor == STDOUT_FILENO ? "stdout" : "the output")
        isStream = true
    }

    private static func existing(_ path: String, _ flags: Int32) throws(SystemError) -> OpenFile? {
        do {
            return try OpenFile(path, flags)
        } catch {
            if error.number == ENOENT { return nil }
            throw error
        }
    }

    /// Writes `bytes` from `done` on, and moves `done` forward also when it throws.
    mutating func write(_ bytes: [UInt8], from done: inout Int) throws(SystemError) {
        let descriptor = file.descriptor
        while done < bytes.count {
            let offset = done
            let count: Int
            do {
                count = try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
                    try file.writeSome(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[offset...])))
                }
            } catch {
                guard error.number == EAGAIN else { throw error }
                // A non-blocking pipe is full: its reader decides when to go on.
                var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&polled, 1, -1)
                continue
            }
            done += count
            size += count
            needsSync = true
        }
    }

    /// Takes the last `count` bytes back, after a write that broke off within a line.
    mutating func cut(_ count: Int) throws(SystemError) {
        guard count > 0, !isStream else { return }
        // Somebody else's bytes behind ours would be cut instead of them.
        guard try file.status().size == size else { throw SystemError(number: EIO) }
        try file.truncate(to: size - count)
        size -= count
    }

    /// Makes what was written durable.
    mutating func sync() throws(SystemError) {
        guard needsSync, !isStream else { return }
        try file.syncData()
        needsSync = false
    }

    /// Whether the file is still what its path names, with all that was in it.
    func isStillThere() throws(SystemError) -> Bool {
        if isStream { return true }
        let status = try file.status()
        guard status.names > 0, status.size >= size, let named = FileStatus.ofLink(file.path) else { return false }
        return named.isSameFile(as: status)
    }
}
