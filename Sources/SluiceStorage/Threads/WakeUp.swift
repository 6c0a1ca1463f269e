import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Wakes a thread that blocks in `poll`: a pipe to itself, whose bytes mean nothing but "look again".
final class WakeUp: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() throws(SluiceError) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutableBytes(of: &ends) { pipe($0.assumingMemoryBound(to: Int32.self).baseAddress) }
        guard result == 0 else { throw SystemError.last.stopping("open", "a pipe") }
        for end in [ends.0, ends.1] {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = ends
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Lets the present or the next ``wait(for:)`` return.
    func signal() {
        var byte: UInt8 = 1
        // A full pipe wakes just as well, so a failed write needs no care.
        _ = write(writeEnd, &byte, 1)
    }

    /// Blocks until ``signal()`` was called.
    func wait() {
        _ = wait(for: nil)
    }

    /// Blocks until ``signal()`` was called or the descriptor can be read; returns whether it can.
    func wait(for descriptor: Int32?) -> Bool {
        var polled = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)]
        if let descriptor { polled.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)) }
        while poll(&polled, nfds_t(polled.count), -1) < 0 && errno == EINTR {}
        if polled[0].revents != 0 {
            withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
                while read(readEnd, buffer.baseAddress, buffer.count) > 0 {}
            }
        }
        return polled.count > 1 && polled[1].revents != 0
    }
}
