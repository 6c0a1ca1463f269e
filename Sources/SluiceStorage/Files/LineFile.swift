/// Reads a file from its start to its end, line by line, in chunks of 1 MiB.
enum LineFile {
    /// Calls `body` with every line that is not blank; after each chunk asks `shouldStop` with the bytes read so far.
    /// - Returns: whether the end was reached.
    static func read(
        _ file: OpenFile, lineLimit: Int, shouldStop: (_ bytes: Int) -> Bool,
        _ body: (Line) throws(SystemError) -> Void
    ) throws(SystemError) -> Bool {
        var splitter = LineSplitter(limit: lineLimit)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { chunk.deallocate() }
        var total = 0
        while true {
            let count = try file.read(into: chunk)
            if count == 0 { break }
            total += count
            try splitter.split(UnsafeBufferPointer(rebasing: chunk.assumingMemoryBound(to: UInt8.self)[..<count]), body)
            if shouldStop(total) { return false }
        }
        try splitter.finish(body)
        return true
    }
}
