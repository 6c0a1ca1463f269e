import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Repairs the end of an output after a crash; nothing is ever deleted.
struct TornPieces {
    private let paths: OutputPaths

    init(_ paths: OutputPaths) {
        self.paths = paths
    }

    /// Gives a whole last line its line feed, or moves the fragment of one to the state folder.
    func repair(_ tail: OutputIndex.Tail) throws(SluiceError) {
        do {
            let output = try OpenFile(paths.answers, O_RDWR | O_APPEND | O_NOFOLLOW)
            if tail.isWhole {
                try withUnsafeByte(0x0A) { byte throws(SystemError) in try output.write(byte) }
            } else {
                try save(from: output, offset: tail.offset)
                try output.truncate(to: tail.offset)
            }
            try output.sync()
        } catch {
            throw error.stopping("repair", paths.answers, code: .disk)
        }
    }

    /// A new file for fragments, under the first number that is free.
    func newFile() throws(SystemError) -> AppendedFile {
        var number = 1
        while true {
            do {
                return try AppendedFile(paths.torn(number), fresh: true)
            } catch {
                guard error.number == EEXIST else { throw error }
                number += 1
            }
        }
    }

    private func save(from output: OpenFile, offset: Int) throws(SystemError) {
        var copy = try newFile()
        guard lseek(output.descriptor, off_t(offset), SEEK_SET) >= 0 else { throw .last }
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { chunk.deallocate() }
        while true {
            let count = try output.read(into: chunk)
            if count == 0 { break }
            try copy.append(UnsafeBufferPointer(rebasing: chunk.assumingMemoryBound(to: UInt8.self)[..<count]))
        }
        try copy.finish()
        try Folder.sync(paths.state)
    }

    private func withUnsafeByte<E: Error>(
        _ byte: UInt8, _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        try [byte].withUnsafeBufferPointer { bytes throws(E) in try body(UnsafeRawBufferPointer(bytes)) }
    }
}
