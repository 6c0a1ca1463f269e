import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Copies an input that can be read once only, so that an output can be made in its order, now and later.
enum Spool {
    /// Copies it to its end.
    /// - Returns: whether the end was reached before `shouldStop` said so.
    static func copy(_ source: InputSource, to path: String, shouldStop: () -> Bool) throws(SluiceError) -> Bool {
        let input = try source.open()
        let temporary = path + ".tmp"
        do throws(SystemError) {
            try Folder.remove(temporary)
            var file = try AppendedFile(temporary, fresh: true)
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
            defer { chunk.deallocate() }
            while true {
                // Nobody may ever write to the other end, and the run can be stopped meanwhile.
                var polled = pollfd(fd: input.descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&polled, 1, 100)
                if shouldStop() {
                    try Folder.remove(temporary)
                    return false
                }
                guard ready != 0 else { continue }
                let count: Int
                do {
                    count = try input.read(into: chunk)
                } catch {
                    if error.number == EAGAIN { continue }
                    throw error
                }
                if count == 0 { break }
                let bytes = chunk.assumingMemoryBound(to: UInt8.self)[..<count]
                try file.append(UnsafeBufferPointer(rebasing: bytes))
            }
            try file.finish()
            try Folder.rename(temporary, to: path)
            try Folder.sync(RealPath.split(path).folder)
            return true
        } catch {
            throw error.stopping("copy the input to", path, code: .disk)
        }
    }
}
