import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Copies an input that can be read once only, so that an output can be made in its order, now and later.
enum Spool {
    /// Copies it to its end, in the place of what a crash may have left there.
    /// - Returns: whether the end was reached before `shouldStop` said so.
    static func copy(_ source: InputSource, to path: String, shouldStop: () -> Bool) throws(SluiceError) -> Bool {
        let input = try source.open()
        do throws(SystemError) {
            try Folder.remove(path)
            var file = try AppendedFile(path, fresh: true)
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
            defer { chunk.deallocate() }
            while true {
                // Nobody may ever write to the other end, and the run can be stopped meanwhile.
                var polled = pollfd(fd: input.descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&polled, 1, 100)
                if shouldStop() { return false }
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
            return true
        } catch {
            throw error.stopping("copy the input to", path, code: .disk)
        }
    }

    /// Puts the copy in the place of that of the run before: the run may begin.
    static func keep(_ paths: OutputPaths) throws(SluiceError) {
        do throws(SystemError) {
            try Folder.rename(paths.newSpool, to: paths.spool)
            try Folder.sync(paths.state)
        } catch {
            throw error.stopping("copy the input to", paths.spool, code: .disk)
        }
    }
}
