package import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file in which runs into an output leave what they told people.
package enum EventFile {
    /// A larger one makes room for a new one at the start of a run, in bytes.
    private static let largest = 4 << 20

    /// Adds whole lines at the end; a line that a crash has cut off is closed first.
    ///
    /// It is for people, and not made durable.
    /// - Throws: ``SluiceError`` of code `io` if it cannot be written, or is a link.
    package static func append(_ lines: [UInt8], to paths: OutputPaths) throws(SluiceError) {
        do throws(SystemError) {
            let file = try OpenFile(paths.events, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW)
            var last: UInt8 = 0x0A
            let size = try file.status().size
            if size > 0 { _ = pread(file.descriptor, &last, 1, off_t(size - 1)) }
            try (last == 0x0A ? lines : [0x0A] + lines).withUnsafeBufferPointer { bytes throws(SystemError) in
                try file.write(UnsafeRawBufferPointer(bytes))
            }
        } catch {
            throw error.stopping("write", paths.events)
        }
    }

    /// Puts a file that has grown large aside, in the place of the one that was put aside before.
    package static func makeRoom(_ paths: OutputPaths) {
        guard let status = FileStatus.of(paths.events), status.size > largest else { return }
        // Where that fails it only grows on.
        _ = rename(paths.events, paths.previousEvents)
    }
}
